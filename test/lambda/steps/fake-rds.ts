import { type Operations, ServiceError } from '../../../local/aws/operation.ts';
import { answer } from './answer.ts';
import type { State } from './state.ts';

/** What the steps ask of RDS, answered from the state. */
export function fakeRds(state: () => State): Operations {
  const view = (id: string) => {
    const found = state().snapshots[id];
    if (found === undefined) throw new ServiceError('DBSnapshotNotFound', `no ${id}`, 404);
    return {
      DBSnapshotIdentifier: id,
      Status: found.status,
      SnapshotCreateTime: found.createdAt,
      TagList: Object.entries(found.tags).map(([Key, Value]) => ({ Key, Value })),
    };
  };
  return {
    DescribeDBSnapshots: answer(({ DBSnapshotIdentifier }) => ({
      DBSnapshots:
        typeof DBSnapshotIdentifier === 'string'
          ? [view(DBSnapshotIdentifier)]
          : Object.keys(state().snapshots).map(view),
    })),
    CreateDBSnapshot: answer(({ DBSnapshotIdentifier, Tags }) => {
      const id = String(DBSnapshotIdentifier);
      if (state().snapshots[id] !== undefined) throw new ServiceError('DBSnapshotAlreadyExists', id);
      const tags = [Tags].flat().map(Object);
      state().snapshots[id] = {
        status: 'creating',
        createdAt: new Date(),
        tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
      };
      return { DBSnapshot: view(id) };
    }),
    DeleteDBSnapshot: answer(({ DBSnapshotIdentifier }) => {
      const deleted = view(String(DBSnapshotIdentifier));
      state().snapshots = Object.fromEntries(
        Object.entries(state().snapshots).filter(([id]) => id !== DBSnapshotIdentifier),
      );
      return { DBSnapshot: deleted };
    }),
  };
}
