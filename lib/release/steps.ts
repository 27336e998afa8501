/** The states that run a function, in the order of a release that goes well, then the way back. */
export const stepNames = [
  'Open',
  'Register',
  'Plan',
  'Rehearse',
  'Snapshot',
  'Migrate',
  'Shift',
  'Observe',
  'Promote',
  'Retreat',
  'Mend',
  'Verify',
  'Close',
] as const;
export type StepName = (typeof stepNames)[number];

/** The function behind the first state of the rollback machine, which has all others in common with the release machine. */
export const rollbackOpener = 'Open-Rollback';

/** Every function of the two machines. */
export const functionNames = [...stepNames, rollbackOpener] as const;
export type FunctionName = (typeof functionNames)[number];

interface StepSettings {
  /** What a reader of the state machine is told. */
  readonly description: string;
  readonly timeoutSeconds: number;
}

export const steps: Readonly<Record<FunctionName, StepSettings>> = {
  Open: { description: 'Checks the request, takes the lock, finds out what serves', timeoutSeconds: 60 },
  'Open-Rollback': {
    description:
      'Asks a running release to cancel, picks the last known-good version; or takes an abandoned release over',
    timeoutSeconds: 60,
  },
  Register: { description: "Registers the service's shape with the new image as a revision", timeoutSeconds: 60 },
  Plan: { description: 'Asks the new image which migrations are pending', timeoutSeconds: 60 },
  Rehearse: {
    description: 'Starts the live revision off-traffic, rehearses migrations and the way back on a copy',
    timeoutSeconds: 120,
  },
  Snapshot: { description: 'Takes a snapshot of the database that is to be migrated', timeoutSeconds: 60 },
  Migrate: { description: "Runs the new image's pending migrations, once", timeoutSeconds: 60 },
  Shift: { description: 'Suspends autoscaling and starts the CodeDeploy deployment', timeoutSeconds: 60 },
  Observe: { description: 'Probes both colours, reads metrics and alarms, judges', timeoutSeconds: 120 },
  Promote: { description: 'Gives the old version up', timeoutSeconds: 60 },
  Retreat: { description: 'Brings the old version back and proves that it serves', timeoutSeconds: 60 },
  Mend: { description: 'Makes the old version able to restart on the present schema', timeoutSeconds: 60 },
  Verify: { description: 'Proves that a new task of the old version works', timeoutSeconds: 120 },
  Close: { description: 'Tidies up, writes the final entry, gives the lock back, tells', timeoutSeconds: 60 },
};
