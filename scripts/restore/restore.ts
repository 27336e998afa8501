import type { RestoreAccount } from './account.ts';
import { type Names, namesFor, namesOf, nextStep, type Step, type View } from './plan.ts';
import type { UnderWay } from './users.ts';

export interface RestoreOptions {
  readonly account: RestoreAccount;
  /** Name of the live instance. */
  readonly instance: string;
  readonly snapshot: string;
  /** Tells what would be done first, and does nothing. */
  readonly dryRun: boolean;
  /** The releases that hold a lock of the database's users, read anew at each call. */
  readonly underWay: () => Promise<readonly UnderWay[]>;
  readonly tell: (line: string) => void;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly now: () => number;
}

/** Two hours: a large instance takes its time to be made of a snapshot. */
const mostSeconds = 2 * 3600;
const pollSeconds = 15;

/**
 * Puts a snapshot in the place of the live database, and keeps what was there. May be broken off and run
 * again: it goes on where it was.
 * @throws Error when it was done already, when a release is under way before a step that disrupts one, and when it is not done within two hours
 */
export async function restore(options: RestoreOptions): Promise<void> {
  const { account, instance, snapshot, dryRun, tell, sleep } = options;
  const names = namesFor(instance, snapshot);
  let view = await account.look(names, snapshot);
  if (nextStep(view, names).do === 'nothing') {
    throw new Error(`The snapshot ${snapshot} was restored already. ${onceMore(names)}`);
  }
  tell(losses(view, options.now()));
  if (dryRun) {
    tell(`First of all: ${describe(nextStep(view, names))}. Nothing was done.`);
    return;
  }
  await refuseWhileReleasing(options, 'Nothing was done');
  const until = options.now() + mostSeconds * 1000;
  let told = '';
  let renamed = false;
  for (let step = nextStep(view, names); step.do !== 'nothing'; step = nextStep(view, names)) {
    if (options.now() > until) throw new Error(`Not done within ${mostSeconds} s, waiting for: ${describe(step)}.`);
    if (disrupts(step)) await refuseWhileReleasing(options, `Stopped before: ${describe(step)}. ${left(view)}`);
    if (describe(step) !== told) tell(describe(step));
    told = describe(step);
    await account.act(step, names, snapshot);
    renamed ||= step.do === 'rename';
    await sleep(pollSeconds);
    view = await account.look(names, snapshot);
  }
  tell(renamed ? done(names, snapshot) : `An earlier run restored the snapshot; it is ended now. ${onceMore(names)}`);
}

/** Starting and resuming disturb no release; without them users would stay without service. */
function disrupts({ do: action }: Step): boolean {
  return action === 'suspend scaling' || action === 'stop' || action === 'rename';
}

/** A release may begin at any time while the instance is made: no lock is held meanwhile (docs/restore.md). */
async function refuseWhileReleasing({ underWay }: RestoreOptions, state: string): Promise<void> {
  const releases = await underWay();
  if (releases.length === 0) return;
  const told = releases.map(({ release, service }) => `${release} of ${service}`).join(', ');
  throw new Error(
    `A release is under way: ${told}. ${state}. Wait for its end, or cancel it, and then run the same command again.`,
  );
}

/** What somebody has to know whose restore stopped half-way. */
function left({ live, services }: View): string {
  const suspended = services.filter(({ scalingSuspended }) => scalingSuspended);
  const stopped = services.filter(({ desired }) => desired === 0);
  return [
    'What was made so far is kept',
    ...(suspended.length > 0 ? [`autoscaling of ${namesOf(suspended)} is suspended`] : []),
    ...(stopped.length > 0 ? [`${namesOf(stopped)} stopped: USERS ARE WITHOUT SERVICE until this goes on`] : []),
    ...(live === null ? ['no instance has the live name'] : []),
  ].join('; ');
}

function done({ live, aside }: Names, snapshot: string): string {
  return `${live} is the snapshot ${snapshot}. What was live until now is ${aside}: delete it when nobody misses anything.`;
}

/** The instance that was set aside is how a restore knows that it was done. */
function onceMore({ live, aside }: Names): string {
  return (
    `${live} came of it, and ${aside} is what was live before. To restore it once more, which loses what was written since then, ` +
    `delete ${aside} or give it another name, and run this again: aws rds modify-db-instance --apply-immediately ` +
    `--db-instance-identifier ${aside} --new-db-instance-identifier ${aside}-kept`
  );
}

/** What a restore costs, said before it. */
function losses({ snapshot, services }: View, now: number): string {
  const users = `These services have their data in it, and are stopped together: ${namesOf(services)}.`;
  const taken = snapshot.SnapshotCreateTime;
  if (taken === undefined) return `The snapshot does not tell when it was taken. ${users}`;
  const minutes = Math.round((now - taken.getTime()) / 60_000);
  return (
    `The snapshot was taken at ${taken.toISOString()}: whatever any service wrote in the ${minutes} minutes since then is lost ` +
    `(it stays in the instance that is set aside), and schemas are as old as the snapshot. ${users}`
  );
}

function describe(step: Step): string {
  if (step.do === 'restore') return 'make an instance of the snapshot';
  if (step.do === 'configure') return 'give it the settings that a snapshot does not have';
  if (step.do === 'rename') return `rename ${step.from} to ${step.to}`;
  if (step.do === 'wait') return `wait for ${step.for}`;
  return step.do === 'nothing'
    ? step.do
    : `${step.do} ${step.do.endsWith('scaling') ? 'of ' : ''}${namesOf(step.services)}`;
}
