import { arn } from '../arn.ts';
import { codeDeployRules } from './codedeploy-rules.ts';
import { dynamoDbRules } from './dynamodb-rules.ts';
import { ecsRules } from './ecs-rules.ts';
import { fullArn, get, type Input, text, texts } from './inputs.ts';
import { rdsRules } from './rds-rules.ts';
import { everywhere, on, type Rule } from './rule.ts';

const parameterRule =
  (action: string, names: (input: Input) => readonly string[]): Rule =>
  (input) =>
    on(
      action,
      names(input).map((name) => fullArn(name, 'ssm', (short) => `parameter/${short.replace(/^\//, '')}`)),
    );

const repositoryRule =
  (action: string): Rule =>
  (input) =>
    on(action, [arn('ecr', `repository/${text(input['repositoryName'])}`)]);

/** A secret's ARN ends in characters that a request by name does not carry. */
const secretRule =
  (action: string): Rule =>
  async (input, lookUp) => {
    const output = await lookUp('secretsmanager', 'DescribeSecret', { SecretId: text(input['SecretId']) });
    return on(action, [text(get(output, 'ARN'))]);
  };

/**
 * An encrypted topic takes the use of its key as well.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
const publish: Rule = async (input, lookUp) => {
  const TopicArn = text(input['TopicArn']);
  const output = await lookUp('sns', 'GetTopicAttributes', { TopicArn });
  const key = text(get(output, 'Attributes', 'KmsMasterKeyId'));
  const keys = key === '' ? [] : [key];
  return [...on('sns:Publish', [TopicArn]), ...on('kms:GenerateDataKey', keys), ...on('kms:Decrypt', keys)];
};

/**
 * The caller needs what scaling itself would need too; the calls that find that out name no alarm.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
 */
const registerScalableTarget: Rule = (input) => {
  const service = [arn('ecs', text(input['ResourceId']))];
  const [, cluster = ''] = text(input['ResourceId']).split('/');
  const context = { 'ecs:cluster': arn('ecs', `cluster/${cluster}`) };
  const noAlarm = [arn('cloudwatch', 'alarm:')];
  return [
    ...on('application-autoscaling:RegisterScalableTarget', [arn('application-autoscaling', 'scalable-target/*')], {
      'application-autoscaling:service-namespace': text(input['ServiceNamespace']),
      'application-autoscaling:scalable-dimension': text(input['ScalableDimension']),
    }),
    ...on('ecs:DescribeServices', service, context),
    ...on('ecs:UpdateService', service, context),
    ...on('cloudwatch:DescribeAlarms', [arn('cloudwatch', 'alarm:*')]),
    ...on('cloudwatch:PutMetricAlarm', noAlarm),
    ...on('cloudwatch:DeleteAlarms', noAlarm),
  ];
};

const eventBus = (name: unknown): string => fullArn(name ?? 'default', 'events', (short) => `event-bus/${short}`);

const logStreamRule =
  (action: string): Rule =>
  (input) =>
    on(action, [arn('logs', `log-group:${text(input['logGroupName'])}:log-stream:${text(input['logStreamName'])}`)]);

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
export const rules: Readonly<Record<string, Rule>> = {
  ...codeDeployRules,
  ...dynamoDbRules,
  ...ecsRules,
  'application-autoscaling:DescribeScalableTargets': everywhere('application-autoscaling:DescribeScalableTargets'),
  'application-autoscaling:RegisterScalableTarget': registerScalableTarget,
  'ec2:DescribeNetworkInterfaces': everywhere('ec2:DescribeNetworkInterfaces'),
  'ecr:BatchGetImage': repositoryRule('ecr:BatchGetImage'),
  'ecr:DescribeImages': repositoryRule('ecr:DescribeImages'),
  'ecr:PutImage': repositoryRule('ecr:PutImage'),
  'elasticloadbalancing:DescribeListeners': everywhere('elasticloadbalancing:DescribeListeners'),
  'elasticloadbalancing:DescribeLoadBalancers': everywhere('elasticloadbalancing:DescribeLoadBalancers'),
  'elasticloadbalancing:DescribeRules': everywhere('elasticloadbalancing:DescribeRules'),
  'elasticloadbalancing:DescribeTargetGroups': everywhere('elasticloadbalancing:DescribeTargetGroups'),
  'elasticloadbalancing:DescribeTargetHealth': everywhere('elasticloadbalancing:DescribeTargetHealth'),
  'events:PutEvents': (input) =>
    (Array.isArray(input['Entries']) ? input['Entries'] : []).flatMap((entry: unknown) =>
      on('events:PutEvents', [eventBus(get(entry, 'EventBusName'))], {
        'events:source': text(get(entry, 'Source')),
        'events:detail-type': text(get(entry, 'DetailType')),
      }),
    ),
  'lambda:Invoke': (input) =>
    on('lambda:InvokeFunction', [fullArn(input['FunctionName'], 'lambda', (name) => `function:${name}`)]),
  'logs:GetLogEvents': logStreamRule('logs:GetLogEvents'),
  // Names do not narrow it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/permissions-reference-cw.html
  'monitoring:DescribeAlarms': () => on('cloudwatch:DescribeAlarms', [arn('cloudwatch', 'alarm:*')]),
  'monitoring:GetMetricData': everywhere('cloudwatch:GetMetricData'),
  ...rdsRules,
  'secretsmanager:GetSecretValue': secretRule('secretsmanager:GetSecretValue'),
  'sns:Publish': publish,
  'ssm:GetParameter': parameterRule('ssm:GetParameter', (input) => [text(input['Name'])]),
  'ssm:GetParameters': parameterRule('ssm:GetParameters', (input) => texts(input['Names'])),
  'ssm:PutParameter': parameterRule('ssm:PutParameter', (input) => [text(input['Name'])]),
  'states:DescribeExecution': (input) => on('states:DescribeExecution', [text(input['executionArn'])]),
  'states:ListExecutions': (input) => on('states:ListExecutions', [text(input['stateMachineArn'])]),
  'states:StartExecution': (input) => on('states:StartExecution', [text(input['stateMachineArn'])]),
  'states:StopExecution': (input) => on('states:StopExecution', [text(input['executionArn'])]),
};
