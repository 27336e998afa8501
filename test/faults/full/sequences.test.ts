import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type FaultName, faultNames, rivalNames } from '../faults.ts';
import { violations } from '../invariants/check.ts';
import { type Cell, play } from '../play.ts';
import { FaultStage } from '../stage/fault-stage.ts';
import { shortenedAssembly } from './assembly.ts';

type Step = Cell | 'cdk deploy';

const states = ['Open', 'Register', 'Plan', 'Rehearse', 'Shift', 'Observe', 'Promote', 'Retreat', 'Verify', 'Close'];

/** A call that the run may make, or not: then nothing happens to it. */
const strike: fc.Arbitrary<NonNullable<Cell['strike']>> = fc.record({
  at: fc.record({ state: fc.constantFrom(...states), nth: fc.integer({ min: 1, max: 30 }) }),
  fault: fc.constantFrom<FaultName>(...faultNames, ...rivalNames),
});
const cell: fc.Arbitrary<Cell> = fc
  .record({
    scenario: fc.constantFrom<Cell['scenario']>('good', 'good', 'rollback', 'errors', 'crash', 'hang', 'zombie'),
    strike: fc.option(strike, { nil: null }),
  })
  .map(({ scenario, strike: struck }) => ({ scenario, ...(struck && { strike: struck }) }));
const sequence = fc.array(
  fc.oneof({ weight: 5, arbitrary: cell }, { weight: 1, arbitrary: fc.constant<Step>('cdk deploy') }),
  {
    minLength: 2,
    maxLength: 5,
  },
);

/** What is wrong after the first step after which something is. */
async function playAll(steps: readonly Step[]): Promise<string[]> {
  const stage = await FaultStage.open(shortenedAssembly());
  try {
    for (const [index, step] of steps.entries()) {
      if (step === 'cdk deploy') {
        await stage.deployTemplates();
        continue;
      }
      const { facts } = await play(stage, step);
      const wrong = violations(facts);
      if (wrong.length > 0) return wrong.map(({ invariant, text }) => `after step ${index + 1}: ${invariant}: ${text}`);
    }
    return [];
  } finally {
    await stage.close();
  }
}

// FAULTS_RUNS, FAULTS_SEED and FAULTS_PATH play more of them, and one of them again.
const { FAULTS_RUNS = '15', FAULTS_SEED, FAULTS_PATH } = process.env;

test(
  'whatever sequence of releases, rollbacks, faults and deploys, no invariant is broken',
  async () => {
    const found = await fc.check(
      fc.asyncProperty(sequence, async (steps) => expect(await playAll(steps)).toEqual([])),
      {
        numRuns: Number(FAULTS_RUNS),
        endOnFailure: true,
        ...(FAULTS_SEED !== undefined && { seed: Number(FAULTS_SEED) }),
        ...(FAULTS_PATH !== undefined && { path: FAULTS_PATH }),
      },
    );
    if (!found.failed) return;
    throw new Error(
      [
        JSON.stringify(found.counterexample),
        String(found.errorInstance),
        `FAULTS_SEED=${found.seed} FAULTS_PATH=${found.counterexamplePath} npx jest --config jest.faults.config.json sequences`,
      ].join('\n'),
    );
  },
  30 * 60_000,
);
