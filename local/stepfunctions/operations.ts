import type {
  DescribeExecutionCommandInput,
  DescribeExecutionOutput,
  DescribeStateMachineCommandInput,
  DescribeStateMachineOutput,
  ExecutionListItem,
  GetExecutionHistoryCommandInput,
  GetExecutionHistoryOutput,
  ListExecutionsCommandInput,
  ListExecutionsOutput,
  ListStateMachinesOutput,
  RedriveExecutionCommandInput,
  RedriveExecutionOutput,
  StartExecutionCommandInput,
  StartExecutionOutput,
  StopExecutionCommandInput,
  StopExecutionOutput,
} from '@aws-sdk/client-sfn';
import { roleArn } from '../aws/arn.ts';
import type { Operations } from '../aws/operation.ts';
import { ServiceError } from '../aws/operation.ts';
import type { Execution } from './execution.ts';
import type { StateMachines } from './state-machines.ts';

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html */
export function stepFunctionsOperations(machines: StateMachines): Operations {
  return {
    StartExecution(input: StartExecutionCommandInput): StartExecutionOutput {
      const execution = machines.start(input.stateMachineArn ?? '', input.input ?? '{}', input.name);
      return { executionArn: execution.options.arn, startDate: new Date(execution.startedAt) };
    },

    StopExecution(input: StopExecutionCommandInput): StopExecutionOutput {
      const execution = machines.execution(input.executionArn ?? '');
      execution.stop(input.error ?? null, input.cause ?? null);
      return { stopDate: new Date(execution.stoppedAt ?? 0) };
    },

    RedriveExecution(input: RedriveExecutionCommandInput): RedriveExecutionOutput {
      const execution = machines.execution(input.executionArn ?? '');
      execution.redrive();
      return { redriveDate: execution.history.events.at(-1)?.timestamp };
    },

    DescribeExecution(input: DescribeExecutionCommandInput): DescribeExecutionOutput {
      const execution = machines.execution(input.executionArn ?? '');
      const { output, error, cause } = execution;
      return {
        ...listItem(execution),
        input: execution.options.input,
        ...(output !== null && { output }),
        ...(error !== null && { error }),
        ...(cause !== null && { cause }),
      };
    },

    GetExecutionHistory(input: GetExecutionHistoryCommandInput): GetExecutionHistoryOutput {
      const { events } = machines.execution(input.executionArn ?? '').history;
      const page = paginate(input.reverseOrder === true ? events.toReversed() : events, input, 100);
      return { events: page.items, ...page.more };
    },

    ListExecutions(input: ListExecutionsCommandInput): ListExecutionsOutput {
      const machine = machines.machine(input.stateMachineArn ?? '');
      const executions = machines.executions(machine.arn);
      const wanted = executions.filter(({ status }) => (input.statusFilter ?? status) === status);
      const page = paginate(wanted.map(listItem), input, 100);
      return { executions: page.items, ...page.more };
    },

    ListStateMachines(): ListStateMachinesOutput {
      return {
        stateMachines: machines.machines().map(({ arn, name, createdAt }) => ({
          stateMachineArn: arn,
          name,
          type: 'STANDARD',
          creationDate: new Date(createdAt),
        })),
      };
    },

    DescribeStateMachine(input: DescribeStateMachineCommandInput): DescribeStateMachineOutput {
      const { arn, name, role, text, createdAt } = machines.machine(input.stateMachineArn ?? '');
      return {
        stateMachineArn: arn,
        name,
        status: 'ACTIVE',
        definition: text,
        roleArn: roleArn(role),
        type: 'STANDARD',
        creationDate: new Date(createdAt),
      };
    },
  };
}

function listItem({ options, status, startedAt, stoppedAt }: Execution): ExecutionListItem {
  return {
    executionArn: options.arn,
    stateMachineArn: options.stateMachine.arn,
    name: options.name,
    status,
    startDate: new Date(startedAt),
    ...(stoppedAt !== null && { stopDate: new Date(stoppedAt) }),
  };
}

interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** The token is the place where the next page begins. */
function paginate<Item>(
  items: readonly Item[],
  { maxResults, nextToken }: PageRequest,
  byDefault: number,
): { items: Item[]; more: { nextToken?: string } } {
  const start = Number(nextToken ?? 0);
  if (!Number.isInteger(start) || start < 0) throw new ServiceError('InvalidToken', `Invalid Token: '${nextToken}'`);
  const end = start + (maxResults === undefined || maxResults === 0 ? byDefault : Math.min(maxResults, 1000));
  return { items: items.slice(start, end), more: end < items.length ? { nextToken: String(end) } : {} };
}
