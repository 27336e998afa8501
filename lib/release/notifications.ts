import { RemovalPolicy } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ReleaseEventType } from '../../lambda/domain/events.ts';
import { environmentNames, eventSource } from '../../lambda/domain/names.ts';
import { asInterface } from '../as-interface.ts';
import type { EnvironmentConfig } from '../config/config.ts';
import { ownExecutions } from '../own-executions.ts';

export interface NotificationsProps {
  readonly config: EnvironmentConfig;
  readonly stateMachineArns: readonly string[];
}

/**
 * The topic that tells people how releases end, and that one waits for their approval. Close publishes to it; an
 * execution that ends where no Catch could see it (aborted, timed out, failed) is told by a rule.
 */
export class Notifications extends Construct {
  readonly topic: Topic;
  /** A key of our own: EventBridge may not use the one that AWS manages for SNS. */
  readonly key: Key;

  constructor(scope: Construct, id: string, { config, stateMachineArns }: NotificationsProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Notifications of releases in ${config.name}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.topic = new Topic(this, 'Topic', {
      topicName: environmentNames(config.name).releaseTopic,
      displayName: `Understudy releases (${config.name})`,
      masterKey: asInterface<IKey>(this.key),
      enforceSSL: true,
    });
    new Rule(this, 'Approval', {
      description: 'Releases that wait for a person to let users reach the new version',
      eventPattern: {
        source: [eventSource],
        detailType: ['Release awaits approval' satisfies ReleaseEventType],
        resources: ownExecutions(this, config.name),
      },
      targets: [new SnsTopic(asInterface<ITopic>(this.topic))],
    });
    // https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
    new Rule(this, 'Unfinished', {
      description: 'Executions of the release workflow that did not end by themselves',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [...stateMachineArns] },
      },
      targets: [new SnsTopic(asInterface<ITopic>(this.topic))],
    });
  }
}
