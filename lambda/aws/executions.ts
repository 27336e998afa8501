import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { isNamed } from './errors.ts';

const client = new SFNClient({});

export interface ExecutionView {
  readonly running: boolean;
  /** When it was started, ISO; null when Step Functions has forgotten it. */
  readonly startedAt: string | null;
  /** When it ended; null while it runs, or when Step Functions has forgotten it (after 90 days). */
  readonly endedAt: string | null;
  /** JSON; null when Step Functions has forgotten it. */
  readonly input: string | null;
}

export async function describeExecution(executionArn: string): Promise<ExecutionView> {
  try {
    const { status, startDate, stopDate, input } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return {
      running: status === 'RUNNING' || status === 'PENDING_REDRIVE',
      startedAt: startDate?.toISOString() ?? null,
      endedAt: stopDate?.toISOString() ?? null,
      input: input ?? null,
    };
  } catch (error) {
    if (isNamed(error, 'ExecutionDoesNotExist')) return { running: false, startedAt: null, endedAt: null, input: null };
    throw error;
  }
}
