import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { environmentNames } from '../../lambda/domain/names.ts';
import { asInterface } from '../as-interface.ts';
import type { EnvironmentConfig } from '../config/config.ts';

export interface SignalsStackProps extends StackProps {
  readonly config: EnvironmentConfig;
}

/** Who publishes what people on call have to hear: alarms, and events of the database. */
const publishers = ['cloudwatch.amazonaws.com', 'events.rds.amazonaws.com'].map((name) => new ServicePrincipal(name));

/**
 * Where alarms go that need a person, whether or not a release is running. How releases end has a topic
 * of its own, in the release stack.
 */
export class SignalsStack extends Stack {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: SignalsStackProps) {
    super(scope, id, props);
    const { name } = props.config;
    const key = new Key(this, 'Key', {
      description: `Alarms of understudy-${name}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const topic = new Topic(this, 'Topic', {
      topicName: `${environmentNames(name).prefix}-alarms`,
      displayName: `Understudy alarms (${name})`,
      masterKey: asInterface<IKey>(key),
      enforceSSL: true,
    });
    // Both need the key of an encrypted topic
    // (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services).
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: publishers,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: publishers,
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    this.topic = asInterface<ITopic>(topic);
  }
}
