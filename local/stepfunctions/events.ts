import type { BusEvent } from '../services/event-bus.ts';
import type { Execution } from './execution.ts';

/**
 * What EventBridge is told when an execution has started or ended.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function executionStatusChange(
  execution: Execution,
): Pick<BusEvent, 'source' | 'detail-type' | 'detail' | 'resources'> {
  const { options, status, startedAt, stoppedAt, output, error, cause } = execution;
  return {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    resources: [options.arn],
    detail: {
      executionArn: options.arn,
      stateMachineArn: options.stateMachine.arn,
      name: options.name,
      status,
      startDate: startedAt,
      stopDate: stoppedAt,
      input: options.input,
      output,
      error,
      cause,
    },
  };
}
