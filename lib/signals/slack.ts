import { CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { environmentNames, eventSource } from '../../lambda/domain/names.ts';
import { asInterface } from '../as-interface.ts';
import type { NotificationsConfig } from '../config/notifications-schema.ts';
import { acknowledge } from '../nag.ts';
import { ownExecutions } from '../own-executions.ts';

export interface SlackProps {
  readonly environment: string;
  readonly channel: NonNullable<NotificationsConfig['slack']>;
  readonly alarms: ITopic;
  readonly key: IKey;
}

const reading = [
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch:GetMetricStatistics',
  'cloudwatch:ListMetrics',
];
const why = 'CloudWatch knows no resource to limit reading metrics to; alarms are read by whatever name they have.';

const statement = () => new PolicyStatement({ actions: reading, resources: ['*'] });
const detail = (name: string) => EventField.fromPath(`$.detail.${name}`);

/**
 * A channel that shows alarms with their graphs, and every event of a release in a thread of its own. Nobody can
 * change anything from there: the role and its guardrail read metrics alone
 * (https://docs.aws.amazon.com/chatbot/latest/adminguide/understanding-permissions.html).
 */
export class Slack extends Construct {
  constructor(scope: Construct, id: string, props: SlackProps) {
    super(scope, id);
    const { prefix } = environmentNames(props.environment);
    const releases = this.releases(props);
    const guardrail = new ManagedPolicy(this, 'Guardrail', {
      description: `All that anybody may do from the channel of ${prefix}`,
      statements: [statement()],
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('chatbot.amazonaws.com') });
    role.addToPolicy(statement());
    acknowledge(guardrail, 'AwsSolutions-IAM5[Resource::*]', why);
    acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', why);
    new CfnSlackChannelConfiguration(this, 'Channel', {
      configurationName: prefix,
      slackWorkspaceId: props.channel.workspaceId,
      slackChannelId: props.channel.channelId,
      iamRoleArn: role.roleArn,
      guardrailPolicies: [guardrail.managedPolicyArn],
      snsTopicArns: [props.alarms.topicArn, releases.topicArn],
      userRoleRequired: false,
      loggingLevel: 'ERROR',
    });
  }

  /**
   * The workflow's events, in the form that the chat shows; it drops every other message
   * (https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html).
   */
  private releases({ environment, key }: SlackProps): Topic {
    const { prefix } = environmentNames(environment);
    const topic = new Topic(this, 'Releases', {
      topicName: `${prefix}-chat`,
      displayName: `Understudy releases for chat (${environment})`,
      masterKey: key,
      enforceSSL: true,
    });
    const what = `${detail('service')} ${detail('version')}`;
    new Rule(this, 'Events', {
      description: `Events of releases in ${environment}, for the chat`,
      eventPattern: {
        source: [eventSource],
        resources: ownExecutions(this, environment),
      },
      targets: [
        new SnsTopic(asInterface<ITopic>(topic), {
          message: RuleTargetInput.fromObject({
            version: '1.0',
            source: 'custom',
            content: {
              title: `${what}: ${EventField.detailType}`,
              description: `In ${detail('state')}, outcome ${detail('outcome')}`,
              // By itself, so that it stays one value whatever it contains.
              nextSteps: [detail('reason')],
            },
            metadata: { threadId: detail('release'), summary: what, eventType: EventField.detailType },
          }),
        }),
      ],
    });
    return topic;
  }
}
