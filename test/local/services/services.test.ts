import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  type DescribeLogGroupsCommandInput,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import { type Account, openAccount } from '../aws/account.ts';
import { type Synthesized, synthesized } from '../aws/synthesized.ts';

const scalable = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/cluster/backstage',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;

const resources = {
  Description: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/understudy/a', Type: 'String', Value: '{}' } },
  Token: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: { Name: 'token', GenerateSecretString: { PasswordLength: 40, ExcludePunctuation: true } },
  },
  Database: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: {
      Name: 'database',
      GenerateSecretString: {
        SecretStringTemplate: '{"username":"understudy"}',
        GenerateStringKey: 'password',
        ExcludeCharacters: '"@/\\ %{}',
      },
    },
  },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'releases' } },
  Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/understudy/backstage' } },
  Target: {
    Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    Properties: { ...scalable, MinCapacity: 1, MaxCapacity: 4 },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: { source: ['understudy'], detail: { outcome: [{ 'anything-but': ['released'] }] } },
      Targets: [{ Id: 'topic', Arn: { Ref: 'Topic' } }],
    },
  },
};

const topicArn = 'arn:aws:sns:us-east-1:111111111111:releases';
const clock = new VirtualClock(Date.parse('2026-01-05T09:00:00Z'));
let account: Account;
let app: Synthesized;
let config: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };

beforeAll(async () => {
  account = await openAccount({ clock });
  app = synthesized({ stack: { Resources: resources } });
  await account.deploy(app.assembly, {});
  config = { endpoint: account.url, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
});
afterAll(async () => {
  await account.close();
  app.remove();
});

const entry = (outcome: string) => ({
  Source: 'understudy',
  DetailType: 'Release ended',
  Detail: JSON.stringify({ outcome }),
});

const getLogEvents = (more: object) =>
  new CloudWatchLogsClient(config).send(
    new GetLogEventsCommand({ logGroupName: '/understudy/backstage', logStreamName: 'green/app/1', ...more }),
  );

const groupsOf = async (input: DescribeLogGroupsCommandInput) => {
  const { logGroups } = await new CloudWatchLogsClient(config).send(new DescribeLogGroupsCommand(input));
  return logGroups?.map(({ logGroupName }) => logGroupName);
};

const findInterfaces = (Name: string, ...Values: string[]) =>
  new EC2Client({ ...config, maxAttempts: 1 }).send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name, Values }] }),
  );

test('SSM: parameters of the templates are read, and told apart from those that do not exist', async () => {
  const client = new SSMClient(config);
  const many = await client.send(new GetParametersCommand({ Names: ['/understudy/a', '/none'] }));
  expect(many.Parameters).toMatchObject([{ Name: '/understudy/a', Value: '{}', Version: 1, Type: 'String' }]);
  expect(many.InvalidParameters).toEqual(['/none']);
  await expect(client.send(new GetParameterCommand({ Name: '/none' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
  const put = { Name: '/understudy/a', Value: '{"b":1}', Type: 'String' } as const;
  await expect(client.send(new PutParameterCommand(put))).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
  expect((await client.send(new PutParameterCommand({ ...put, Overwrite: true }))).Version).toBe(2);
  expect((await client.send(new GetParameterCommand({ Name: '/understudy/a' }))).Parameter?.Value).toBe('{"b":1}');
});

test('Secrets Manager: secrets are generated as the template asks, and kept', async () => {
  const client = new SecretsManagerClient(config);
  const token = await client.send(new GetSecretValueCommand({ SecretId: 'token' }));
  expect(token.SecretString).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(token.ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:111111111111:secret:token-\w{6}$/);
  const database = await client.send(new GetSecretValueCommand({ SecretId: 'database' }));
  const { username, password } = JSON.parse(database.SecretString ?? '');
  expect(username).toBe('understudy');
  expect(password).toMatch(/^[^"@/\\ %{}]{32}$/);
  await account.deploy(app.assembly, {});
  const again = await client.send(new GetSecretValueCommand({ SecretId: token.ARN }));
  expect(again.SecretString).toBe(token.SecretString);
  await expect(client.send(new GetSecretValueCommand({ SecretId: 'x' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('SNS: what is published can be read, and a subject that SNS would refuse is refused', async () => {
  const client = new SNSClient(config);
  await client.send(new PublishCommand({ TopicArn: topicArn, Subject: 'released', Message: 'all good' }));
  expect(account.topics.published().at(-1)).toMatchObject({
    topic: topicArn,
    subject: 'released',
    message: 'all good',
  });
  const withBreak = client.send(new PublishCommand({ TopicArn: topicArn, Subject: 'a\nb', Message: '' }));
  await expect(withBreak).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const nowhere = client.send(new PublishCommand({ TopicArn: `${topicArn}x`, Message: 'm' }));
  await expect(nowhere).rejects.toMatchObject({ name: 'NotFoundException' });
});

test('EventBridge: an event reaches the targets of the rules that match it', async () => {
  const client = new EventBridgeClient(config);
  const before = account.topics.published().length;
  const output = await client.send(
    new PutEventsCommand({ Entries: [entry('released'), entry('rolled-back'), { ...entry('x'), Detail: '{' }] }),
  );
  expect(output.FailedEntryCount).toBe(1);
  expect(output.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([undefined, undefined, 'MalformedDetail']);
  await clock.advance(0);
  const told = account.topics.published().slice(before);
  expect(told.map(({ message }) => JSON.parse(message))).toEqual([
    expect.objectContaining({ 'detail-type': 'Release ended', detail: { outcome: 'rolled-back' } }),
  ]);
});

describe('CloudWatch Logs', () => {
  test('gives the latest lines, oldest first, or those from the head', async () => {
    for (let line = 1; line <= 5; line += 1)
      account.logs.append('/understudy/backstage', 'green/app/1', `line ${line}`);
    const latest = await getLogEvents({ limit: 2 });
    expect(latest.events?.map(({ message }) => message)).toEqual(['line 4', 'line 5']);
    const head = await getLogEvents({ limit: 2, startFromHead: true });
    expect(head.events?.map(({ message }) => message)).toEqual(['line 1', 'line 2']);
    const next = await getLogEvents({ limit: 2, nextToken: head.nextForwardToken });
    expect(next.events?.map(({ message }) => message)).toEqual(['line 3', 'line 4']);
    const earlier = await getLogEvents({ limit: 2, nextToken: latest.nextBackwardToken });
    expect(earlier.events?.map(({ message }) => message)).toEqual(['line 2', 'line 3']);
    const streams = await new CloudWatchLogsClient(config).send(
      new DescribeLogStreamsCommand({ logGroupName: '/understudy/backstage', logStreamNamePrefix: 'green/' }),
    );
    expect(streams.logStreams).toEqual([{ logStreamName: 'green/app/1' }]);
  });

  test('lists the groups, those of a prefix, and those with a word in their name', async () => {
    account.logs.append('/aws/lambda/open', 'stream', 'line');
    expect(await groupsOf({})).toEqual(['/aws/lambda/open', '/understudy/backstage']);
    expect(await groupsOf({ logGroupNamePrefix: '/understudy' })).toEqual(['/understudy/backstage']);
    expect(await groupsOf({ logGroupNamePattern: 'lambda' })).toEqual(['/aws/lambda/open']);
    await expect(groupsOf({ logGroupNamePrefix: '/', logGroupNamePattern: 'a' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  test('gives no more than a megabyte at a time', async () => {
    const line = 'x'.repeat(300_000);
    for (let each = 0; each < 5; each += 1) account.logs.append('/understudy/backstage', 'big', line);
    expect((await getLogEvents({ logStreamName: 'big' })).events).toHaveLength(3);
  });

  test('says when there is no such stream or group', async () => {
    await expect(getLogEvents({ logStreamName: 'none' })).rejects.toMatchObject({
      message: expect.stringContaining('log stream'),
    });
    await expect(getLogEvents({ logGroupName: 'none' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

test('EC2: a load balancer’s interfaces are found by their description', async () => {
  account.networkInterfaces.attach({ description: 'ELB app/understudy/1', privateIp: '10.0.0.9', subnet: 'subnet-1' });
  account.networkInterfaces.attach({ description: 'other', privateIp: '10.0.0.10', subnet: 'subnet-1' });
  expect((await findInterfaces('description', 'ELB app/understudy/*')).NetworkInterfaces).toMatchObject([
    { PrivateIpAddress: '10.0.0.9', SubnetId: 'subnet-1' },
  ]);
  await expect(findInterfaces('vpc-id', 'x')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

test('Application Auto Scaling: suspending keeps the capacities, and only touches what is given', async () => {
  const client = new ApplicationAutoScalingClient({ ...config, maxAttempts: 1 });
  const describeTarget = async () => {
    const input = { ServiceNamespace: scalable.ServiceNamespace, ResourceIds: [scalable.ResourceId] };
    return (await client.send(new DescribeScalableTargetsCommand(input))).ScalableTargets?.[0];
  };
  expect(await describeTarget()).toMatchObject({
    MinCapacity: 1,
    SuspendedState: { DynamicScalingInSuspended: false, ScheduledScalingSuspended: false },
  });
  await client.send(
    new RegisterScalableTargetCommand({ ...scalable, SuspendedState: { DynamicScalingInSuspended: true } }),
  );
  expect(await describeTarget()).toMatchObject({
    MaxCapacity: 4,
    SuspendedState: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: false },
  });
  const unknown = client.send(new RegisterScalableTargetCommand({ ...scalable, ResourceId: 'service/cluster/x' }));
  await expect(unknown).rejects.toMatchObject({ name: 'ValidationException' });
});
