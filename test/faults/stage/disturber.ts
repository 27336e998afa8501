import { z } from 'zod';
import type { Interference, OperationName } from '../../../local/aws/endpoint.ts';
import type { WireRequest, WireResponse } from '../../../local/aws/protocols/protocol.ts';
import type { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import type { FunctionSandbox } from '../../../local/functions/functions.ts';
import type { SandboxOptions } from '../../../local/functions/sandbox.ts';
import { DisturbedSandbox, type RunningInvocation } from './disturbed-sandbox.ts';

/** One AWS call of a state: the n-th that the state's function made in this execution, from 1. */
export interface RecordedCall {
  readonly state: string;
  readonly nth: number;
  /** `service:Operation`. */
  readonly operation: string;
}

/** Where a fault is to strike; without an operation, whatever the call is. */
export type Target = Pick<RecordedCall, 'state' | 'nth'> & Partial<Pick<RecordedCall, 'operation'>>;

/** Comes between the call and its effect. */
export type Act = <Answer>(effect: () => Promise<Answer>, invocation: RunningInvocation) => Promise<Answer>;

export interface Injection {
  readonly at: Target;
  readonly act: Act;
  /** How often in a row, when the client repeats the call. */
  readonly times: number;
}

export interface InvocationRecord {
  readonly state: string;
  readonly operations: string[];
  /** JSON; null when the function did not return. */
  result: string | null;
}

const payloadSchema = z.object({ execution: z.object({ name: z.string() }) });

type Handle = (request: WireRequest, interfere: Interference) => Promise<WireResponse>;

/** Runs the stage's functions, records the calls of one execution, and disturbs one of them. */
export class Disturber {
  readonly clock: VirtualClock;
  readonly #handle: () => Handle;
  readonly #stateOf: (functionName: string) => string | null;
  #watched: string | null = null;
  #injection: Injection | null = null;
  #left = 0;
  #struck = '';
  #counts = new Map<string, number>();
  calls: RecordedCall[] = [];
  invocations: InvocationRecord[] = [];
  /** Folders of other bundles, by the state whose function runs one from now on. */
  readonly replaced = new Map<string, string>();
  /** How often the fault struck; its repetitions do not count. */
  injected = 0;

  constructor(clock: VirtualClock, stateOf: (functionName: string) => string | null, handle: () => Handle) {
    this.clock = clock;
    this.#stateOf = stateOf;
    this.#handle = handle;
  }

  readonly sandbox = (options: SandboxOptions): FunctionSandbox => new DisturbedSandbox(options, this);

  /** Attends to the execution of this name from now on. */
  watch(execution: string, injection: Injection | null): void {
    this.#watched = execution;
    this.#injection = injection;
    this.#left = 0;
    this.#counts = new Map();
    this.calls = [];
    this.invocations = [];
    this.injected = 0;
  }

  /** Where the function's bundle is. */
  folderOf({ functionName, folder }: SandboxOptions['data']): string {
    return this.replaced.get(this.#stateOf(functionName) ?? '') ?? folder;
  }

  /** An invocation has begun. @returns its record, null when nobody attends to it */
  begin(functionName: string, payload: string): InvocationRecord | null {
    const state = this.#stateOf(functionName);
    if (state === null || this.#watched === null) return null;
    if (payloadSchema.safeParse(JSON.parse(payload)).data?.execution.name !== this.#watched) return null;
    const record: InvocationRecord = { state, operations: [], result: null };
    this.invocations.push(record);
    return record;
  }

  send(request: WireRequest, invocation: () => RunningInvocation | null): Promise<WireResponse> {
    return this.#handle()(request, (call, effect) => this.#between(invocation(), call, effect));
  }

  #between<Answer>(
    invocation: RunningInvocation | null,
    call: OperationName,
    effect: () => Promise<Answer>,
  ): Promise<Answer> {
    if (invocation === null || invocation.record === null) return effect();
    const { state, operations } = invocation.record;
    const operation = `${call.service}:${call.operation}`;
    const nth = (this.#counts.get(state) ?? 0) + 1;
    this.#counts.set(state, nth);
    this.calls.push({ state, nth, operation });
    operations.push(operation);
    const injection = this.#injection;
    if (injection === null || injection.at.state !== state) return effect();
    if (injection.at.nth === nth) {
      const { operation: recorded = operation } = injection.at;
      if (recorded !== operation) {
        throw new Error(`Call ${nth} of ${state} is ${operation}; in the clean run it was ${recorded}.`);
      }
      this.injected += 1;
      this.#left = injection.times;
      this.#struck = operation;
    }
    if (this.#left === 0 || this.#struck !== operation) return effect();
    this.#left -= 1;
    return injection.act(effect, invocation);
  }
}
