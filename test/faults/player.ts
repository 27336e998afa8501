import type { Assembly } from '../../local/deploy/assembly.ts';
import { nameOf } from './cells.ts';
import { type Violation, violations } from './invariants/check.ts';
import { type Cell, type Played, play } from './play.ts';
import { FaultStage } from './stage/fault-stage.ts';

export interface Verdict {
  readonly cell: string;
  readonly operation: string;
  readonly injected: number;
  readonly violations: readonly Violation[];
  /** What became of the release that was struck. */
  readonly outcome: string;
}

/** The stage keeps what every execution said; memory is cheaper than a new stage only for so long. */
const runsPerStage = 40;

/** Plays one cell after another, on a stage that is replaced when it is worn or spoilt. */
export class Player {
  readonly #assembly: Assembly;
  #stage: FaultStage | null = null;
  #runs = 0;

  constructor(assembly: Assembly) {
    this.#assembly = assembly;
  }

  async play(cell: Cell): Promise<Played> {
    this.#stage ??= await FaultStage.open(this.#assembly);
    this.#runs += 1;
    return play(this.#stage, cell);
  }

  async judge(cell: Cell): Promise<Verdict> {
    const found = await this.#try(cell);
    if (found.violations.length > 0 || this.#runs >= runsPerStage) await this.close();
    return { cell: nameOf(cell), operation: cell.strike?.at.operation ?? '', ...found };
  }

  async close(): Promise<void> {
    await this.#stage?.close();
    this.#stage = null;
    this.#runs = 0;
  }

  async #try(cell: Cell): Promise<Pick<Verdict, 'injected' | 'violations' | 'outcome'>> {
    try {
      const { facts, injected } = await this.play(cell);
      const [entry] = facts.entries;
      const missed = {
        invariant: 'the fault strikes',
        text: `it struck ${injected} times; ${entry?.outcome}: ${entry?.reason}`,
      };
      return {
        injected,
        violations: [...violations(facts), ...(cell.strike && injected !== 1 ? [missed] : [])],
        outcome: entry?.outcome ?? facts.executions[0]?.status ?? 'none',
      };
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { injected: 0, violations: [{ invariant: 'the run can be played', text }], outcome: 'none' };
    }
  }
}
