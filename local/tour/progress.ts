import type { Requests } from '../load/tally.ts';

/** What a person sees of a release at one moment. */
export interface View {
  readonly state: string;
  /** The old version's share of the users' traffic. */
  readonly bluePercent: number;
  readonly requests: Requests;
  /** Names of alarms that are going off. */
  readonly alarms: readonly string[];
  /** Since the release began, in process time. */
  readonly seconds: number;
}

export interface Screen {
  readonly write: (text: string) => void;
  /** Whether lines can be written over, and in colour. */
  readonly isTerminal: boolean;
  readonly columns: number;
}

const clearLine = '\r\u001B[2K';

/**
 * Tells how releases go: a line for each change, and on a terminal one more that lives.
 */
export class Progress {
  readonly #screen: Screen;
  #last: View | null = null;
  #closed = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** A line that stays. */
  say(line = ''): void {
    if (this.#closed) return;
    this.#screen.write(`${this.#screen.isTerminal ? clearLine : ''}${line}\n`);
  }

  /** Before the first view of a release. */
  begin(): void {
    this.#last = null;
  }

  /** Says nothing more: what is still under way is being ended. */
  close(): void {
    this.#closed = true;
  }

  show(view: View): void {
    const last = this.#last;
    const changed =
      last?.state !== view.state ||
      last.bluePercent !== view.bluePercent ||
      last.alarms.join() !== view.alarms.join() ||
      (last.requests.failed === 0 && view.requests.failed > 0);
    if (changed) {
      this.say(inWords(view));
      this.#last = view;
    }
    if (this.#screen.isTerminal && !this.#closed)
      this.#screen.write(`${clearLine}${living(view).slice(0, this.#screen.columns - 1)}`);
  }
}

function inWords({ state, bluePercent, requests, alarms, seconds }: View): string {
  const green = Math.round(100 - bluePercent);
  const parts = [
    clock(seconds),
    state.padEnd(9),
    `old ${String(Math.round(bluePercent)).padStart(3)} %  new ${String(green).padStart(3)} %`,
    `${requests.total} requests, ${requests.failed} failed, ${requests.onGreen} on new`,
    ...(alarms.length > 0 ? [`alarms: ${alarms.join(', ')}`] : []),
  ];
  return `  ${parts.join('  ')}`;
}

function living(view: View): string {
  const width = 12;
  const blue = Math.round((view.bluePercent / 100) * width);
  const bar = `${'█'.repeat(blue)}${'░'.repeat(width - blue)}`;
  return inWords(view).replace(/old.*?new +\d+ %/, `old ${bar} new`);
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}
