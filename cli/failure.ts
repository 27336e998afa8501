import { type ExitCode, exitCodes } from './exit-codes.ts';

/** The command ends with these words, for the person who gave it, and this exit code. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}
