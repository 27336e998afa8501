import type { Execution } from '../../local/stepfunctions/execution.ts';
import { before, collect, type Facts } from './facts.ts';
import { type Aftermath, everyFault, type Fault, type FaultName, type Situation } from './faults.ts';
import { isSchemaScenario, type Scenario, schemaScenarios } from './scenarios.ts';
import type { RecordedCall, Target } from './stage/disturber.ts';
import type { FaultStage } from './stage/fault-stage.ts';

export interface Cell {
  readonly scenario: Scenario;
  /** Absent for a run in which nothing goes wrong. */
  readonly strike?: { readonly at: Target; readonly fault: FaultName };
}

export interface Played {
  readonly facts: Facts;
  readonly calls: readonly RecordedCall[];
  readonly injected: number;
}

const restMs = 60_000;
const longestMs = 6 * 3_600_000;
const redriveAfterMs = 3000;
/** Longer than the window of the error budget, which begins with a whole hour. */
const budgetWindowMs = 25 * 3_600_000;

/** Plays one run to its end, with whatever comes to the rescue, and looks at what is left. */
export async function play(stage: FaultStage, { scenario, strike }: Cell): Promise<Played> {
  const start = before(stage);
  stage.traffic.seen = [];
  // As many as it takes for a late version to turn bad while users still can be saved.
  const users = stage.users(scenario === 'late' ? 5 : 1);
  let execution: Execution | null = null;
  const situation: Situation = {
    execution: () => {
      if (execution === null) throw new Error('The fault struck before the execution had begun.');
      return execution;
    },
    startAnotherRelease: () => void stage.release(stage.push('good')),
    startRollback: () => void stage.rollback(),
    deployTemplates: () => stage.deployTemplates(),
  };
  const fault: Fault | null = strike ? everyFault[strike.fault] : null;
  stage.disturber.watch(
    stage.nextName(scenario === 'rollback' ? 'rollback' : 'release'),
    strike && fault ? { at: strike.at, act: fault.act(situation), times: fault.times ?? 1 } : null,
  );
  execution = begin(stage, scenario);
  await stage.finish(execution);
  await aftermath(stage, execution, fault?.aftermath ?? null);
  await stage.finishAll();
  const unfinished = stage.deployments();
  await settle(stage);
  users.stop();
  const { calls, injected } = stage.disturber;
  const badFromTheStart = !['good', 'late', 'rollback', 'migrating', 'irreversible'].includes(scenario);
  const seen = { users: users.counts, unserved: stage.traffic.seen, unfinished, badFromTheStart };
  const facts = await collect(stage, start, seen);
  // The next run on this stage is not to be refused for the errors of this one.
  if (users.counts.failed > 0) await stage.clock.advance(budgetWindowMs);
  await stage.schema.reset();
  return { facts, calls: [...calls], injected };
}

function begin(stage: FaultStage, scenario: Scenario): Execution {
  if (scenario === 'rollback') return stage.rollback({ to: stage.otherVersion() });
  if (!isSchemaScenario(scenario)) return stage.release(stage.push(scenario));
  const image = stage.pushMigrating(schemaScenarios[scenario]);
  return stage.release(image, { allowIrreversible: scenario === 'irreversible' });
}

async function aftermath(stage: FaultStage, execution: Execution, who: Aftermath | null): Promise<void> {
  if (who === null || execution.status !== 'ABORTED') return;
  if (who === 'redrive') {
    await stage.clock.advance(redriveAfterMs);
    execution.redrive();
    await stage.finish(execution);
  }
  if (who === 'rollback') await stage.finish(stage.rollback());
}

/** What nobody does anything about has to come to rest by itself: all that runs, and alarms. */
async function settle(stage: FaultStage): Promise<void> {
  const until = stage.clock.now() + longestMs;
  do await stage.clock.advance(restMs);
  while (!(stage.quiet && stage.calm) && stage.clock.now() < until);
}
