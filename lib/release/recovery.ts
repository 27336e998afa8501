import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { environmentNames } from '../../lambda/domain/names.ts';
import { asInterface } from '../as-interface.ts';
import { acknowledge } from '../nag.ts';

export interface RecoveryProps {
  readonly environment: string;
  /** Machines whose executions are recovered. */
  readonly of: readonly string[];
  /** The rollback machine. */
  readonly by: StateMachine;
}

/**
 * Starts the rollback machine in its recover mode for every execution that ended where no Catch could
 * see it. One that ended by itself, and freed its lock, is left alone by the recovery's first state.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export class Recovery extends Construct {
  constructor(scope: Construct, id: string, { environment, of, by }: RecoveryProps) {
    super(scope, id);
    // An alarm in the dashboard's stack watches it, by its name.
    const undelivered = new Queue(this, 'Undelivered', {
      queueName: environmentNames(environment).unrecoveredQueue,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(
      undelivered,
      'AwsSolutions-SQS3',
      'It is the dead-letter queue: for events that could start no recovery.',
    );
    new Rule(this, 'Rule', {
      description: 'Recovers executions of the release workflow that were aborted, timed out or failed',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [...of] },
      },
      targets: [
        new SfnStateMachine(asInterface<IStateMachine>(by), {
          input: RuleTargetInput.fromObject({
            recover: {
              execution: EventField.fromPath('$.detail.executionArn'),
              status: EventField.fromPath('$.detail.status'),
            },
          }),
          deadLetterQueue: asInterface<IQueue>(undelivered),
          // A recovery of a release that was abandoned a day ago is a person's to start.
          maxEventAge: Duration.hours(6),
          retryAttempts: 185,
        }),
      ],
    });
  }
}
