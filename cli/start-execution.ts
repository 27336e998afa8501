import { isDeepStrictEqual } from 'node:util';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Account } from './account.ts';
import { type Described, describeExecution } from './execution.ts';
import { Failure } from './failure.ts';
import { commandLine } from './where.ts';

/** An execution that was started now, or earlier by the same request under the same name. */
export interface Started {
  readonly execution: Described;
  readonly before: boolean;
}

/**
 * Starts an execution once, however often it is asked to: the name is the release's id.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 * @throws Failure when the name belongs to another request
 */
export async function startExecution(account: Account, machine: string, name: string, input: object): Promise<Started> {
  const stateMachineArn = await account.machineArn(machine);
  const arn = await account.executionArn(machine, name);
  const text = JSON.stringify(input);
  try {
    const { startDate } = await (await account.client('sfn')).send(
      new StartExecutionCommand({ stateMachineArn, name, input: text }),
    );
    return { before: false, execution: { executionArn: arn, name, startDate, status: 'RUNNING', input: text } };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') throw error;
    const execution = await describeExecution(account, arn);
    if (execution === null) throw error;
    if (isDeepStrictEqual(JSON.parse(execution.input ?? 'null'), JSON.parse(text))) return { before: true, execution };
    throw new Failure(
      `The id ${name} belongs to another request, which ${execution.status === 'RUNNING' ? 'runs' : 'has ended'}. Give this one a --name of its own, or look at that one: ${commandLine(account.target, 'watch', name)}`,
    );
  }
}
