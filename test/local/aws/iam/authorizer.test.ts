import { describe, expect, test } from '@jest/globals';
import { Authorizer } from '../../../../local/aws/iam/authorizer.ts';
import { Roles } from '../../../../local/aws/iam/roles.ts';
import type { LookUp } from '../../../../local/aws/iam/rule.ts';

const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:111111111111:${rest}`;
const execution = 'arn:aws:iam::111111111111:role/execution';
const task = 'arn:aws:iam::111111111111:role/task';

const lookUp: LookUp = async (service, operation) => {
  const answers: Record<string, object> = {
    'ecs:DescribeTaskDefinition': {
      taskDefinition: {
        taskDefinitionArn: arn('ecs', 'task-definition/backstage:7'),
        taskRoleArn: task,
        executionRoleArn: execution,
      },
    },
    'codedeploy:GetDeployment': { deploymentInfo: { applicationName: 'app', deploymentGroupName: 'group' } },
    'codedeploy:GetDeploymentGroup': { deploymentGroupInfo: { deploymentConfigName: 'canary' } },
    'secretsmanager:DescribeSecret': { ARN: arn('secretsmanager', 'secret:token-AbCdEf') },
    'sns:GetTopicAttributes': { Attributes: { KmsMasterKeyId: arn('kms', 'key/1') } },
  };
  return answers[`${service}:${operation}`];
};

/** Asks with statements `[action, resource, condition?]`; gives the refusal, or null. */
async function call(
  [service, operation, input]: [string, string, object],
  ...statements: [action: string, resource: string, condition?: object][]
): Promise<string | null> {
  const roles = new Roles();
  roles.put('step', 'default', {
    Statement: statements.map(([Action, Resource, Condition = {}]) => ({
      Effect: 'Allow',
      Action,
      Resource,
      Condition,
    })),
  });
  const authorizer = new Authorizer(roles, lookUp);
  try {
    await authorizer.authorize({ service, operation, input, caller: { role: 'step' } });
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : '';
  }
}

const eventOf = (Source: string): [string, string, object] => ['events', 'PutEvents', { Entries: [{ Source }] }];
const put = (pk: string): [string, string, object] => [
  'dynamodb',
  'PutItem',
  { TableName: 'ledger', Item: { pk: { S: pk } } },
];

describe('a function’s role', () => {
  test('is named with action and resource when it does not allow a call', async () => {
    const refusal = await call(['sns', 'Publish', { TopicArn: arn('sns', 'releases') }]);
    expect(refusal).toBe(
      'AccessDeniedException: Role step is not authorized to perform: sns:Publish on resource: ' +
        'arn:aws:sns:us-east-1:111111111111:releases because no identity-based policy allows the sns:Publish action',
    );
  });

  test('needs the key of an encrypted topic', async () => {
    const publish: [string, string, object] = ['sns', 'Publish', { TopicArn: arn('sns', 'releases') }];
    expect(await call(publish, ['sns:Publish', '*'])).toContain(
      'kms:GenerateDataKey on resource: ' + arn('kms', 'key/1'),
    );
    expect(await call(publish, ['sns:Publish', '*'], ['kms:*', arn('kms', 'key/1')])).toBeNull();
  });

  test('has to pass the roles of the task that it runs, or those that it puts in their place', async () => {
    const run = (overrides?: object): [string, string, object] => [
      'ecs',
      'RunTask',
      { cluster: arn('ecs', 'cluster/main'), taskDefinition: 'backstage', overrides },
    ];
    const inCluster = { ArnEquals: { 'ecs:cluster': arn('ecs', 'cluster/main') } };
    const may: [string, string, object] = ['ecs:RunTask', arn('ecs', 'task-definition/backstage:*'), inCluster];
    const toTasks = { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } };
    expect(await call(run(), may)).toContain(`iam:PassRole on resource: ${task}`);
    expect(await call(run(), may, ['iam:PassRole', task, toTasks])).toContain(`iam:PassRole on resource: ${execution}`);
    expect(await call(run(), may, ['iam:PassRole', task, toTasks], ['iam:PassRole', execution, toTasks])).toBeNull();
    const other = 'arn:aws:iam::111111111111:role/other';
    expect(await call(run({ taskRoleArn: other }), may, ['iam:PassRole', task])).toContain(other);
  });

  test('takes tagging for a revision that is registered with tags', async () => {
    const input = { family: 'backstage', tags: [{ key: 'release', value: '1' }] };
    const may: [string, string] = ['ecs:RegisterTaskDefinition', arn('ecs', 'task-definition/backstage:*')];
    expect(await call(['ecs', 'RegisterTaskDefinition', input], may)).toContain('ecs:TagResource');
    expect(await call(['ecs', 'RegisterTaskDefinition', { family: 'backstage' }], may)).toBeNull();
  });

  test('takes a snapshot only with a right to the instance and to the snapshot, and to tag it', async () => {
    const input = {
      DBInstanceIdentifier: 'live',
      DBSnapshotIdentifier: 'before-7',
      Tags: [{ Key: 'release', Value: '7' }],
    };
    const take: [string, string, object] = ['rds', 'CreateDBSnapshot', input];
    const instance: [string, string] = ['rds:CreateDBSnapshot', arn('rds', 'db:live')];
    const snapshot: [string, string] = ['rds:CreateDBSnapshot', arn('rds', 'snapshot:before-*')];
    expect(await call(take, snapshot)).toContain(`rds:CreateDBSnapshot on resource: ${arn('rds', 'db:live')}`);
    expect(await call(take, instance)).toContain(
      `rds:CreateDBSnapshot on resource: ${arn('rds', 'snapshot:before-7')}`,
    );
    expect(await call(take, instance, snapshot)).toContain('rds:AddTagsToResource');
    expect(await call(take, instance, snapshot, ['rds:AddTagsToResource', arn('rds', 'snapshot:*')])).toBeNull();
  });

  test('is asked for configuration and revision when it creates a deployment', async () => {
    const create: [string, string, object] = [
      'codedeploy',
      'CreateDeployment',
      { applicationName: 'app', deploymentGroupName: 'group' },
    ];
    const group: [string, string] = ['codedeploy:CreateDeployment', arn('codedeploy', 'deploymentgroup:app/group')];
    const config: [string, string] = ['codedeploy:GetDeploymentConfig', arn('codedeploy', 'deploymentconfig:canary')];
    expect(await call(create, group)).toContain(arn('codedeploy', 'deploymentconfig:canary'));
    expect(await call(create, group, config)).toContain('codedeploy:GetApplicationRevision');
    expect(
      await call(create, group, config, ['codedeploy:*Revision', arn('codedeploy', 'application:app')]),
    ).toBeNull();
  });

  test('needs to be allowed to change the group when a deployment has alarms of its own', async () => {
    const input = { applicationName: 'app', deploymentGroupName: 'group', overrideAlarmConfiguration: { alarms: [] } };
    const groupArn = arn('codedeploy', 'deploymentgroup:app/group');
    const rest: [string, string][] = [
      ['codedeploy:CreateDeployment', groupArn],
      ['codedeploy:Get*', '*'],
      ['codedeploy:RegisterApplicationRevision', '*'],
    ];
    const refusal = await call(['codedeploy', 'CreateDeployment', input], ...rest);
    expect(refusal).toContain(`codedeploy:UpdateDeploymentGroup on resource: ${groupArn}`);
    expect(await call(['codedeploy', 'CreateDeployment', input], ...rest, ['*', groupArn])).toBeNull();
  });

  test.each<[string, string, object, string]>([
    ['codedeploy', 'GetDeployment', { deploymentId: 'd-1' }, arn('codedeploy', 'deploymentgroup:app/group')],
    ['codedeploy', 'StopDeployment', { deploymentId: 'd-1' }, '*'],
    ['ecs', 'DescribeServices', { cluster: 'main', services: ['s'] }, arn('ecs', 'service/main/s')],
    ['ecs', 'StopTask', { cluster: 'main', task: 'abc' }, arn('ecs', 'task/main/abc')],
    ['secretsmanager', 'GetSecretValue', { SecretId: 'token' }, arn('secretsmanager', 'secret:token-AbCdEf')],
    ['ssm', 'GetParameters', { Names: ['/understudy/a'] }, arn('ssm', 'parameter/understudy/a')],
    ['monitoring', 'DescribeAlarms', { AlarmNames: ['one'] }, arn('cloudwatch', 'alarm:*')],
    ['dynamodb', 'Query', { TableName: 'ledger', IndexName: 'byTime' }, arn('dynamodb', 'table/ledger/index/byTime')],
    ['events', 'PutEvents', { Entries: [{}] }, arn('events', 'event-bus/default')],
    ['logs', 'GetLogEvents', { logGroupName: '/g', logStreamName: 's/t' }, arn('logs', 'log-group:/g:log-stream:s/t')],
    ['lambda', 'Invoke', { FunctionName: 'prober' }, arn('lambda', 'function:prober')],
  ])('%s:%s is held against %j', async (service, operation, input, resource) => {
    expect(await call([service, operation, input])).toContain(`on resource: ${resource} `);
    expect(await call([service, operation, input], ['*', resource])).toBeNull();
  });

  test('may be held to the keys of the items that it writes', async () => {
    const signals = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'SIGNAL#*' } };
    const may: [string, string, object] = ['dynamodb:PutItem', arn('dynamodb', 'table/ledger'), signals];
    expect(await call(put('SIGNAL#r-1'), may)).toBeNull();
    expect(await call(put('SERVICE#backstage'), may)).toContain('dynamodb:PutItem on resource');
  });

  test('may be held to the source of the events that it puts', async () => {
    const source = { StringEquals: { 'events:source': 'understudy' } };
    const may: [string, string, object] = ['events:PutEvents', arn('events', 'event-bus/default'), source];
    expect(await call(eventOf('understudy'), may)).toBeNull();
    expect(await call(eventOf('aws.states'), may)).toContain('events:PutEvents on resource');
  });

  test('may not call what the stage has no rule for', async () => {
    const refusal = await call(['ecs', 'DeleteService', {}], ['*', '*']);
    expect(refusal).toContain('does not know which permissions ecs:DeleteService takes');
  });
});

test('an administrator may do anything, and what roles used is remembered', async () => {
  const roles = new Roles();
  const Action = ['ecs:List*', 'ecs:RunTask', 'logs:PutLogEvents'];
  roles.put('step', 'default', { Statement: { Effect: 'Allow', Action, Resource: '*' } });
  const authorizer = new Authorizer(roles, lookUp);
  await authorizer.authorize({ service: 'ecs', operation: 'DeleteService', input: {}, caller: { role: null } });
  const list = { service: 'ecs', operation: 'ListTasks', input: { cluster: 'c' }, caller: { role: 'step' } };
  await authorizer.authorize(list);
  expect([...authorizer.used('step')]).toEqual(['ecs:ListTasks']);
  expect(authorizer.unused('step')).toEqual(['ecs:RunTask', 'logs:PutLogEvents']);
});
