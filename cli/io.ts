/** What a command writes to. */
export interface Output {
  write(text: string): void;
  /** Whether lines can be written over, and in colour. */
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
}

/** All that the CLI has of the machine it runs on: tests bring their own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Pick<Output, 'write'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ends early, without an error, once `interrupted` is aborted. */
  sleep(ms: number): Promise<void>;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}
