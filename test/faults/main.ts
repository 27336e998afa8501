import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cellsOf, firstOfEachState, nameOf, turnsOf } from './cells.ts';
import { type FaultName, faultNames, rivalNames } from './faults.ts';
import { playAll } from './matrix.ts';
import type { Cell } from './play.ts';
import { Player, type Verdict } from './player.ts';
import { isSchemaScenario, type Scenario, schemaStates } from './scenarios.ts';
import { synthesize } from './stage/assembly.ts';
import type { RecordedCall } from './stage/disturber.ts';

// npm run test:faults: every fault at every AWS call of every state, in virtual time.
//   -- --only good/Shift#4/lost   what begins so, one or many
//   -- --faults lost,slow         these alone
//   -- --every 20                 every twentieth
//   -- --processes 2
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    faults: { type: 'string', default: [...faultNames, ...rivalNames].join() },
    every: { type: 'string', default: '1' },
    processes: { type: 'string', default: String(Math.min(4, availableParallelism())) },
  },
});
/** Struck in full; in the other scenarios, the first call of every state is. */
const full: readonly Scenario[] = ['good', 'rollback'];
const pairwise: readonly Scenario[] = ['crash', 'errors', 'late'];
/** Struck where they differ from the others. */
const changing: readonly Scenario[] = ['migrating', 'migration-fails', 'irreversible'];
const wanted = (names: readonly FaultName[]) => names.filter((name) => values.faults.split(',').includes(name));
const folder = mkdtempSync(join(tmpdir(), 'understudy-fault-matrix-'));

/** Whether a cell of the scenario may be among those that were asked for. */
function begins(scenario: Scenario): boolean {
  return `${scenario}/`.startsWith(values.only) || values.only.startsWith(`${scenario}/`);
}

function planOf(scenario: Scenario, calls: readonly RecordedCall[]): Cell[] {
  if (isSchemaScenario(scenario)) return cellsOf(scenario, turnsOf(calls, schemaStates[scenario]), wanted(faultNames));
  return [
    ...cellsOf(scenario, full.includes(scenario) ? calls : firstOfEachState(calls), wanted(faultNames)),
    ...cellsOf(scenario, firstOfEachState(calls), wanted(rivalNames)),
  ];
}

async function record(): Promise<Cell[]> {
  const player = new Player(synthesize(folder));
  try {
    const cells: Cell[] = [];
    for (const scenario of [...full, ...pairwise, ...changing].filter(begins)) {
      const { calls } = await player.play({ scenario });
      const planned = planOf(scenario, calls);
      console.log(`${scenario}: ${calls.length} AWS calls recorded, ${planned.length} faults planned`);
      cells.push(...planned);
      await player.close();
    }
    return cells;
  } finally {
    await player.close();
  }
}

function tell({ cell, operation, violations }: Verdict): void {
  for (const { invariant, text } of violations) {
    console.log(`✗ ${cell} (${operation}): ${invariant}: ${text}\n    npm run test:faults -- --only '${cell}'`);
  }
}

try {
  const started = performance.now();
  const all = await record();
  const cells = all.filter((cell, index) => nameOf(cell).startsWith(values.only) && index % Number(values.every) === 0);
  const verdicts: Verdict[] = [];
  await playAll(cells, Number(values.processes), folder, (verdict) => {
    verdicts.push(verdict);
    tell(verdict);
    if (verdicts.length % 100 === 0 || verdicts.length === cells.length) {
      const minutes = ((performance.now() - started) / 60_000).toFixed(1);
      console.log(`${verdicts.length} of ${cells.length} faults played after ${minutes} minutes`);
    }
  });
  const injected = verdicts.reduce((sum, verdict) => sum + verdict.injected, 0);
  const bad = verdicts.filter(({ violations }) => violations.length > 0).length;
  console.log(`${injected} faults injected (${cells.length} recorded calls × faults), ${bad} runs with violations`);
  for (const [outcome, runs] of Object.entries(Object.groupBy(verdicts, (verdict) => verdict.outcome))) {
    console.log(`  ${String(runs?.length).padStart(5)} ended ${outcome}`);
  }
  process.exitCode = bad > 0 || injected !== cells.length ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
