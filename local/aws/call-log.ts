/** One AWS call that reached the stage. */
export interface Call {
  /** Stage time, in milliseconds since the epoch. */
  readonly at: number;
  readonly service: string;
  readonly operation: string;
  /** The calling function's role, null for an administrator. */
  readonly role: string | null;
  /** `ok`, or the error's name. */
  readonly outcome: string;
  /** The error's message; empty when all went well. */
  readonly message: string;
}

/** The latest calls, oldest first. Older ones are dropped, so that a long run cannot fill the memory. */
export class CallLog {
  readonly #limit: number;
  #calls: Call[] = [];

  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  add(call: Call): void {
    this.#calls.push(call);
    if (this.#calls.length >= 2 * this.#limit) this.#calls = this.#calls.slice(-this.#limit);
  }

  calls(): readonly Call[] {
    return this.#calls.slice(-this.#limit);
  }
}
