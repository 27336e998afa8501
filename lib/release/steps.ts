import { ask, type Question, whenAskedUntil, whenIs, whenRefused, whenWaiting } from './choices.ts';
import type { Grant } from './grant.ts';
import { type Grants, unlimitable } from './grants.ts';

export interface Step {
  /** What a reader of the state machine is told. */
  readonly description: string;
  /** At most 120: a takeover waits that long for functions of an execution that is over. */
  readonly timeoutSeconds: number;
  /** The state after it, or the Choice that says which; null after the last. */
  readonly next: string | Question | null;
  /** Tried again after any error, also one that seems to be for good: nothing after it would do its work. */
  readonly insists?: true;
  /** The state after a failure that is final. */
  readonly onFailure: 'Close' | 'Retreat' | 'Verify' | null;
  /** All that its function may do in AWS, beside what every step may. */
  readonly may: (the: Grants) => readonly Grant[];
}

/**
 * The states that run a function, each `lambda/steps/<name>.ts`, in the order of a release that goes well,
 * then the way back. Whatever fails before anything was changed goes to Close, whatever fails later to Retreat.
 */
export const steps = {
  Open: {
    description: 'Checks the request, takes the lock, finds out what serves',
    timeoutSeconds: 60,
    next: ask('Opened?', 'Register', whenWaiting, whenRefused),
    onFailure: 'Close',
    may: (the) => [
      ...the.opening,
      { actions: ['ssm:GetParameters'], resources: [...the.to.parameters, the.to.freezeCalendar] },
      the.loadBalancer('cloudwatch:GetMetricData'),
      the.alarms,
    ],
  },
  Register: {
    description: "Registers the service's shape with the new image as a revision",
    timeoutSeconds: 60,
    next: 'Plan',
    onFailure: 'Close',
    may: (the) => [
      the.describeRevisions,
      { actions: ['ecs:ListTaskDefinitions'], resources: ['*'], why: unlimitable },
      {
        actions: ['ecs:RegisterTaskDefinition', 'ecs:TagResource'],
        resources: the.to.revisions,
        why: 'ECS numbers the revisions.',
      },
      the.passTaskRoles,
    ],
  },
  Plan: {
    description: 'Asks the new image which migrations are pending',
    timeoutSeconds: 60,
    next: ask('Planned?', 'Rehearse', whenWaiting, whenRefused, whenAskedUntil('plan')),
    onFailure: 'Close',
    may: (the) => the.schemaTool,
  },
  Rehearse: {
    description: 'Starts the live revision off-traffic, rehearses migrations and the way back on a copy',
    timeoutSeconds: 120,
    next: ask(
      'Rehearsed?',
      'Shift',
      whenWaiting,
      whenRefused,
      whenAskedUntil('rehearse'),
      whenIs('$.schema.changes', true, 'Snapshot'),
    ),
    onFailure: 'Close',
    may: (the) => [...the.offTrafficCheck, the.passRehearsalRoles, the.describeRevisions, the.readLog],
  },
  Snapshot: {
    description: 'Takes a snapshot of the database that is to be migrated',
    timeoutSeconds: 60,
    next: ask('Snapshotted?', 'Migrate', whenWaiting, whenRefused),
    onFailure: 'Close',
    may: (the) => the.takeSnapshots,
  },
  Migrate: {
    description: "Runs the new image's pending migrations, once",
    timeoutSeconds: 60,
    next: ask('Migrated?', 'Shift', whenWaiting),
    onFailure: 'Retreat',
    may: (the) => the.schemaTool,
  },
  Shift: {
    description: 'Suspends autoscaling and starts the CodeDeploy deployment',
    timeoutSeconds: 60,
    next: 'Observe',
    onFailure: 'Retreat',
    may: (the) => [...the.suspendScaling, the.findDeployment, ...the.createDeployment],
  },
  Observe: {
    description: 'Probes both colours, reads metrics and alarms, judges',
    timeoutSeconds: 120,
    next: ask('Judged?', 'Retreat', whenWaiting, whenIs('$.decision.verdict', 'pass', 'Promote')),
    onFailure: 'Retreat',
    may: (the) => [
      the.getDeployment,
      the.steer('ContinueDeployment'),
      the.loadBalancer('elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth'),
      the.loadBalancer('ec2:DescribeNetworkInterfaces'),
      the.loadBalancer('cloudwatch:GetMetricData'),
      the.listTasks,
      { ...the.ownTasks, actions: ['ecs:DescribeTasks'] },
      the.alarms,
      ...the.probe,
    ],
  },
  Promote: {
    description: 'Gives the old version up',
    timeoutSeconds: 60,
    next: ask('Promoted?', 'Retreat', whenWaiting, whenIs('$.promotion.done', true, 'Close')),
    onFailure: 'Retreat',
    may: (the) => [the.getDeployment, the.steer('ContinueDeployment'), the.alarms],
  },
  Retreat: {
    description: 'Brings the old version back and proves that it serves',
    timeoutSeconds: 60,
    next: ask(
      'Retreated?',
      'Close',
      whenWaiting,
      whenIs('$.retreat.result', 'restored', 'Mend'),
      whenIs('$.retreat.result', 'nothing-moved', 'Mend'),
    ),
    insists: true,
    onFailure: 'Close',
    may: (the) => [
      the.findDeployment,
      the.getDeployment,
      the.steer('StopDeployment'),
      the.describeServices,
      the.loadBalancer('elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth'),
    ],
  },
  Mend: {
    description: 'Makes the old version able to restart on the present schema',
    timeoutSeconds: 60,
    next: ask('Mended?', 'Verify', whenWaiting),
    insists: true,
    // Whether the old version works is for Verify to find out, whatever became of mending.
    onFailure: 'Verify',
    may: (the) => [...the.schemaTool, the.listTasks],
  },
  Verify: {
    description: 'Proves that a new task of the old version works',
    timeoutSeconds: 120,
    next: ask('Verified?', 'Close', whenWaiting),
    onFailure: 'Close',
    may: (the) => the.offTrafficCheck,
  },
  Close: {
    description: 'Tidies up, writes the final entry, gives the lock back, tells',
    timeoutSeconds: 60,
    next: null,
    onFailure: null,
    may: (the) => [
      the.lock,
      the.listTasks,
      // A scratch copy that the rehearsal could not drop itself.
      ...the.runTasks,
      the.passRehearsalRoles,
      ...the.suspendScaling,
      { actions: ['ecr:BatchGetImage', 'ecr:PutImage'], resources: the.to.repositories },
      { actions: ['sns:Publish'], resources: [the.own.topic] },
      { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [the.own.topicKey] },
    ],
  },
} as const satisfies Readonly<Record<string, Step>>;

export type StepName = keyof typeof steps;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the object above
export const stepNames = Object.keys(steps) as StepName[];

/** The function behind the first state of the rollback machine, which has all others in common with the release machine. */
export const rollbackOpener = 'Open-Rollback';

/** Every function of the two machines. */
export const functions: Readonly<Record<StepName | typeof rollbackOpener, Step>> = {
  ...steps,
  [rollbackOpener]: {
    ...steps.Open,
    description:
      'Asks a running release to cancel, picks the last known-good version; or takes an abandoned release over',
    may: (the) => [
      ...the.opening,
      { actions: ['ssm:GetParameters'], resources: the.to.parameters },
      { actions: ['dynamodb:Query'], resources: [the.own.ledger] },
    ],
  },
};
export type FunctionName = keyof typeof functions;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the object above
export const functionNames = Object.keys(functions) as FunctionName[];
