import type { FaultName } from '../faults.ts';
import type { invariants } from '../invariants/check.ts';
import type { Scenario } from '../scenarios.ts';

/** A defect in one place of the workflow, the run in which it shows, and the invariant that must see it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** States whose functions have the defect. */
  readonly states: readonly string[];
  readonly scenario: Scenario;
  /** At the last call of this operation in this state. */
  readonly strike?: { readonly state: string; readonly operation: string; readonly fault: FaultName };
  readonly seenBy: keyof typeof invariants;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'Retreat calls blue restored, and stops nothing',
    file: 'lambda/steps/retreat.ts',
    from: ': await takeBack(release, id);',
    to: ': [];',
    states: ['Retreat'],
    scenario: 'errors',
    seenBy: 'nothing is orphaned',
  },
  {
    name: 'Retreat overlooks a deployment whose creation was never recorded',
    file: 'lambda/steps/retreat.ts',
    from: 'release.deployment?.id ?? (await findLost(release))',
    to: 'release.deployment?.id ?? null',
    states: ['Retreat'],
    scenario: 'good',
    strike: { state: 'Shift', operation: 'dynamodb:PutItem', fault: 'refused' },
    seenBy: 'nothing is orphaned',
  },
  {
    name: 'Close keeps the lock',
    file: 'lambda/steps/close.ts',
    from: ' await releaseLock(',
    to: ' void (',
    states: ['Close'],
    scenario: 'good',
    seenBy: 'the lock is free',
  },
  {
    name: 'Close leaves autoscaling suspended',
    file: 'lambda/steps/close.ts',
    from: 'const suspended = deployment !== null ||',
    to: 'const suspended = deployment === null ||',
    states: ['Close'],
    scenario: 'good',
    seenBy: 'autoscaling is not left suspended',
  },
  {
    name: 'Close does not say what is live',
    file: 'lambda/steps/close.ts',
    from: 'if (released) await recordLive(release, now);',
    to: '',
    states: ['Close'],
    scenario: 'good',
    seenBy: 'what is called live is what serves',
  },
  {
    name: 'Close forgets the tasks that are left',
    file: 'lambda/steps/close.ts',
    from: 'for (const release of [id, ...abandoned])',
    to: 'for (const release of abandoned)',
    states: ['Close'],
    scenario: 'good',
    strike: { state: 'Rehearse', operation: 'ecs:DescribeTasks', fault: 'refused' },
    seenBy: 'nothing is orphaned',
  },
  {
    name: 'The lock is taken from a release that runs',
    file: 'lambda/steps/lock.ts',
    from: "if (running) return { lock, kind: 'running', holder };",
    to: "if (running) return { lock, kind: 'abandoned', holder, seconds: Infinity };",
    states: ['Open'],
    scenario: 'good',
    strike: { state: 'Rehearse', operation: 'ecs:RunTask', fault: 'rival' },
    seenBy: 'one release at a time',
  },
  {
    name: 'The judge passes whatever answers',
    file: 'lambda/domain/verdict.ts',
    from: "({ verdict: 'fail', reasons })",
    to: "({ verdict: 'pass', reasons })",
    states: ['Observe'],
    scenario: 'errors',
    seenBy: 'nobody meets a version that fails before traffic',
  },
  {
    name: 'Mend forgets to take the migrations back',
    file: 'lambda/domain/mending.ts',
    from: 'if (schema.migrate?.done === true && rehearsal',
    to: 'if (rehearsal',
    states: ['Mend'],
    scenario: 'migration-fails',
    seenBy: 'a half-run migration is taken back',
  },
  {
    name: 'What is left of a scratch copy is dropped by nobody',
    file: 'lambda/steps/sweep.ts',
    from: '...(leavesScratch(rehearsal) ? [id] : []), ...abandoned',
    to: '...abandoned',
    states: ['Close'],
    scenario: 'migrating',
    strike: { state: 'Rehearse', operation: 'ecs:RunTask', fault: 'refused' },
    seenBy: 'no scratch copy is left',
  },
  {
    name: 'Observe looks at no alarm',
    file: 'lambda/steps/observe.ts',
    from: 'await alarmStates([...alarms, ...muted])',
    to: '[]',
    states: ['Observe'],
    scenario: 'good',
    seenBy: 'every waiting state watches the alarms',
  },
];
