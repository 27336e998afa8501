/** What the stage sends to a sandbox: one invocation. Payloads travel as JSON text, as in Lambda. */
export interface InvocationMessage {
  readonly requestId: string;
  readonly payload: string;
  /** When the function's time-out strikes, by the machine's clock, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** What a sandbox sends to the stage. */
export type SandboxMessage =
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'error'; readonly payload: string };

/** Where a sandbox finds its handler. */
export interface SandboxData {
  /** Folder of the unpacked bundle. */
  readonly folder: string;
  /** `file.export`, as in the function's `Handler`. */
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly logGroup: string;
  readonly logStream: string;
}
