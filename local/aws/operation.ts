/** Who calls: the role of the function whose access key signed the request, or an administrator's shell. */
export interface Caller {
  readonly role: string | null;
}

/**
 * One AWS operation as the SDK types it: takes the command's input, gives the command's output.
 * The endpoint does the wire protocol.
 */
export type Operation<Input = never, Output = object> = (input: Input, caller: Caller) => Output | Promise<Output>;

/** The operations of one service by name: `{ DescribeServices: (input: DescribeServicesCommandInput) => … }`. */
export type Operations = Readonly<Record<string, Operation>>;

/** An error in the service's own vocabulary; the SDK client raises it under this code as its name. */
export class ServiceError extends Error {
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, message: string, statusCode = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.statusCode = statusCode;
  }
}
