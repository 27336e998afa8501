import {
  newRehearsal,
  type Rehearsal,
  type RehearsalTask,
  type RehearsalTaskName,
  rehearsalTaskNames,
  withTask,
} from '../../../../lambda/domain/rehearsal/record.ts';
import { at } from '../samples.ts';

export function task(name: RehearsalTaskName, ok: boolean | null, reason = `${name} said so.`): RehearsalTask {
  return {
    name,
    task: `task-${name}`,
    startedAt: at(10),
    stoppedAt: null,
    endedAt: ok === null ? null : at(20),
    probes: 0,
    ok,
    reason,
  };
}

/** A rehearsal on a scratch copy in which these tasks went so. */
export function rehearsed(
  went: Partial<Record<RehearsalTaskName, boolean | null>>,
  scratch: string | null = 's_',
): Rehearsal {
  const names = rehearsalTaskNames.filter((name) => went[name] !== undefined);
  return names.reduce(
    (rehearsal, name) => withTask(rehearsal, task(name, went[name] ?? null)),
    newRehearsal(at(0), scratch, []),
  );
}

export const allWell = {
  manifest: true,
  copy: true,
  blue: true,
  migrate: true,
  green: true,
  'running-blue': true,
  'restarted-blue': true,
  down: true,
  'unwound-blue': true,
  drop: true,
} as const satisfies Partial<Record<RehearsalTaskName, boolean>>;
