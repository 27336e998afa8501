import { createHash } from 'node:crypto';
import type { DBInstance, DBSnapshot } from '@aws-sdk/client-rds';

/** The three names between which instances are renamed; the same for a snapshot whenever they are asked for. */
export interface Names {
  /** What tasks, alarms and CloudFormation know: endpoint and physical id are made of it. */
  readonly live: string;
  readonly restored: string;
  /** Of the instance that was live until now. It is kept. */
  readonly aside: string;
}

export function namesFor(live: string, snapshot: string): Names {
  const own = createHash('sha256').update(snapshot).digest('hex').slice(0, 8);
  return { live, restored: `${live}-restored-${own}`, aside: `${live}-before-${own}` };
}

export interface ServiceView {
  readonly name: string;
  readonly desired: number;
  readonly running: number;
  /** With how many tasks it starts again: its autoscaling's minimum. */
  readonly minimum: number;
  readonly scalingSuspended: boolean;
}

/** What there is, each null where there is none. */
export interface View {
  readonly snapshot: DBSnapshot;
  readonly live: DBInstance | null;
  readonly restored: DBInstance | null;
  readonly aside: DBInstance | null;
  /** All that are deployed and have their data in the database. */
  readonly services: readonly ServiceView[];
}

export type Step =
  /** Makes an instance of the snapshot, with network and settings of this one. */
  | { readonly do: 'restore'; readonly like: DBInstance }
  | { readonly do: 'configure'; readonly like: DBInstance }
  | {
      readonly do: 'suspend scaling' | 'stop' | 'start' | 'resume scaling';
      readonly services: readonly ServiceView[];
    }
  | { readonly do: 'rename'; readonly from: string; readonly to: string }
  | { readonly do: 'wait'; readonly for: string }
  | { readonly do: 'nothing' };

/**
 * What is to be done next, told from what there is alone: whoever runs it again, after it was broken off,
 * goes on where it was. The order follows
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html ("Renaming to replace an existing DB instance").
 *
 * @throws Error when what there is fits no step
 */
export function nextStep(view: View, names: Names): Step {
  const { live, restored, aside, services } = view;
  const stopped = services.filter(({ desired }) => desired === 0);
  const suspended = services.filter(({ scalingSuspended }) => scalingSuspended);
  if (aside === null && restored === null) return restore(view, names);
  if (restored !== null) {
    if (restored.DBInstanceStatus !== 'available') return waitFor(names.restored, restored);
    const like = aside ?? live;
    if (like !== null && differs(restored, like)) return { do: 'configure', like };
    if (suspended.length < services.length) return { do: 'suspend scaling', services: without(services, suspended) };
    if (stopped.length < services.length) return { do: 'stop', services: without(services, stopped) };
    const running = services.filter((service) => service.running > 0);
    if (running.length > 0) return { do: 'wait', for: `the tasks of ${namesOf(running)} to stop` };
    if (aside === null) {
      if (live === null) throw new Error(`There is ${names.restored}, and neither ${names.live} nor ${names.aside}.`);
      if (live.DBInstanceStatus !== 'available') return waitFor(names.live, live);
      return { do: 'rename', from: names.live, to: names.aside };
    }
    if (aside.DBInstanceStatus !== 'available') return waitFor(names.aside, aside);
    return { do: 'rename', from: names.restored, to: names.live };
  }
  if (live === null) return { do: 'wait', for: `${names.live} to be there` };
  if (live.DBInstanceStatus !== 'available') return waitFor(names.live, live);
  if (stopped.length > 0) return { do: 'start', services: stopped };
  const starting = services.filter(({ running, desired }) => running < desired);
  if (starting.length > 0) return { do: 'wait', for: `${namesOf(starting)} to start` };
  return suspended.length > 0 ? { do: 'resume scaling', services: suspended } : { do: 'nothing' };
}

export function namesOf(services: readonly { readonly name: string }[]): string {
  return services.map(({ name }) => name).join(', ');
}

function without(services: readonly ServiceView[], some: readonly ServiceView[]): ServiceView[] {
  return services.filter((service) => !some.includes(service));
}

function restore({ live, snapshot }: View, names: Names): Step {
  if (live === null) throw new Error(`There is no instance ${names.live} to put the snapshot in the place of.`);
  if (snapshot.Status !== 'available') {
    throw new Error(`The snapshot ${snapshot.DBSnapshotIdentifier} is ${snapshot.Status}, not available.`);
  }
  return { do: 'restore', like: live };
}

function waitFor(name: string, { DBInstanceStatus }: DBInstance): Step {
  return { do: 'wait', for: `${name}, which is ${DBInstanceStatus}` };
}

/** What a restore does not take over, and a change of the instance can set. */
function differs(restored: DBInstance, like: DBInstance): boolean {
  return (
    restored.BackupRetentionPeriod !== like.BackupRetentionPeriod ||
    restored.MaxAllocatedStorage !== like.MaxAllocatedStorage
  );
}
