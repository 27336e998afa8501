import type { Usage } from '../compute/runtime.ts';

/** An answer to requests, with the time it takes as the client sees it. */
export interface SimulatedAnswer {
  readonly status: number;
  /** @default '' */
  readonly body?: string;
  /** @default 20 */
  readonly ms?: number;
}

/** The first path that fits answers: `/health` exactly, `/api/*` with anything after it. */
export interface SimulatedRoute extends SimulatedAnswer {
  readonly path: string;
}

/** What one run of a one-off command gives. */
export interface CommandResult {
  readonly exitCode: number;
  readonly output: readonly string[];
}

/** One run of a command. */
export interface Invocation {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the task has not ended. */
  readonly alive: () => boolean;
}

/** A one-off command of the image, such as its schema tool's. */
export interface SimulatedCommand {
  /** Words that the command line contains, in any place: `['status']`. */
  readonly words: readonly string[];
  readonly seconds: number | ((invocation: Invocation) => number);
  /** Called when the command starts: what a run does that is killed before its end. */
  readonly begin?: (invocation: Invocation) => void;
  /** Called when the command ends: what it prints may depend on what ran before. */
  readonly run: (invocation: Invocation) => CommandResult;
}

/** What a simulated image does, as data. */
export interface SimulatedImage {
  /** From the container's start until it answers. */
  readonly bootSeconds: number;
  /** Ends by itself, so long after its start; before `bootSeconds`, without ever having answered. */
  readonly exit?: { readonly afterSeconds: number; readonly code: number };
  /** Answers of the health paths, whatever becomes of the rest. */
  readonly health: readonly SimulatedRoute[];
  readonly pages: readonly SimulatedRoute[];
  /** For every path that is listed nowhere. */
  readonly otherwise: SimulatedAnswer;
  /** Answers so many users' requests well, and every later one, of anybody, badly. */
  readonly late?: { readonly goodRequests: number; readonly bad: SimulatedAnswer };
  /** What it uses when it has run for so many minutes. */
  readonly usage: (minutes: number) => Usage;
  readonly commands: readonly SimulatedCommand[];
  /** Asked when a task starts to serve: gives whether, at each request, its database suits it. */
  readonly suits?: (environment: Readonly<Record<string, string>>) => () => boolean;
}

export function routeFits(pattern: string, path: string): boolean {
  const plain = path.replace(/[?#].*$/, '');
  return pattern.endsWith('*') ? plain.startsWith(pattern.slice(0, -1)) : plain === pattern;
}
