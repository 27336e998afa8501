import { RemovalPolicy, SecretValue, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { environmentNames } from '../../lambda/domain/names.ts';
import { asInterface } from '../as-interface.ts';
import type { EnvironmentConfig } from '../config/config.ts';
import { Slack } from './slack.ts';

export interface SignalsStackProps extends StackProps {
  readonly config: EnvironmentConfig;
}

/** Who publishes what people on call have to hear: alarms, and events of the database. */
const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
const rds = new ServicePrincipal('events.rds.amazonaws.com');

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
    // Publishers need the key of an encrypted topic
    // (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services).
    // CloudWatch says for whom it asks; EventBridge does not, and RDS is not documented to: a condition would drop
    // their messages without a word.
    const mayEncrypt = (principals: ServicePrincipal[], conditions = {}) =>
      key.addToResourcePolicy(
        new PolicyStatement({
          principals,
          actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          resources: ['*'],
          conditions,
        }),
      );
    mayEncrypt([cloudWatch], {
      StringEquals: { 'aws:SourceAccount': this.account },
      ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:${this.region}:${this.account}:alarm:*` },
    });
    mayEncrypt([new ServicePrincipal('events.amazonaws.com'), rds]);
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch, rds],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    this.topic = asInterface<ITopic>(topic);

    const { slack, pagerDuty } = props.config.notifications;
    if (slack !== null) {
      new Slack(this, 'Slack', {
        environment: name,
        channel: slack,
        alarms: this.topic,
        key: asInterface<IKey>(key),
      });
    }
    if (pagerDuty !== null) {
      new Subscription(this, 'PagerDuty', {
        topic: this.topic,
        protocol: SubscriptionProtocol.HTTPS,
        // The template has a reference alone, which CloudFormation resolves while it deploys. Whoever may list the
        // topic's subscriptions sees the URL all the same.
        endpoint: SecretValue.secretsManager(pagerDuty.secret).unsafeUnwrap(),
      });
    }
  }
}
