import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { violations } from '../invariants/check.ts';
import { buildMutant } from '../mutants/build.ts';
import { type Mutant, mutants } from '../mutants/mutants.ts';
import { type Cell, type Played, play } from '../play.ts';
import { FaultStage } from '../stage/fault-stage.ts';
import { shortenedAssembly } from './assembly.ts';

/** The run in which the mutant shows itself: undisturbed, or struck where a sound workflow is struck. */
async function run(mutant: Mutant, replaced: ReadonlyMap<string, string>): Promise<Played> {
  const { scenario, strike } = mutant;
  const cell: Cell = { scenario };
  const stage = await FaultStage.open(shortenedAssembly());
  try {
    const clean = strike && (await play(stage, cell));
    const at = clean?.calls.findLast(
      ({ state, operation }) => state === strike?.state && operation === strike.operation,
    );
    if (strike !== undefined && at === undefined)
      throw new Error(`A clean run has no ${strike.state} ${strike.operation}.`);
    for (const [state, folder] of replaced) stage.disturber.replaced.set(state, folder);
    return await play(stage, { ...cell, ...(strike && at && { strike: { at, fault: strike.fault } }) });
  } finally {
    await stage.close();
  }
}

describe('the fault matrix catches that', () => {
  test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    '%s',
    async (_, mutant) => {
      const folder = mkdtempSync(join(tmpdir(), 'understudy-mutant-'));
      try {
        const { facts } = await run(mutant, await buildMutant(mutant, folder));
        expect(violations(facts).map(({ invariant }) => invariant)).toContain(mutant.seenBy);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
