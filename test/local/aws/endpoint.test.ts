import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CodeDeployClient, GetDeploymentCommand, StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  CreateTargetGroupCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Endpoint } from '../../../local/aws/endpoint.ts';
import { Identities } from '../../../local/aws/identities.ts';
import { type Operation, type Operations, ServiceError } from '../../../local/aws/operation.ts';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';

/** What the operations were given, and what they answer: set by each test. */
let received: unknown;
let answer: () => object;

const operation: Operation<unknown> = (input) => {
  received = input;
  return answer();
};
const serve = (...names: string[]): Operations => Object.fromEntries(names.map((name) => [name, operation]));

const identities = new Identities();
const endpoint = new Endpoint({
  clock: new VirtualClock(0),
  identities,
  authorize: ({ operation: name }) => {
    if (name === 'StopDeployment') throw new ServiceError('AccessDeniedException', 'role x may not');
  },
});
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
};

endpoint.serve('codedeploy', serve('GetDeployment', 'StopDeployment'));
endpoint.serve('ecs', serve('DescribeServices'));
endpoint.serve('elasticloadbalancing', serve('DescribeTargetGroups', 'CreateTargetGroup', 'ModifyRule'));
endpoint.serve('ec2', serve('DescribeNetworkInterfaces'));
endpoint.serve('monitoring', serve('DescribeAlarms', 'PutMetricData'));
endpoint.serve('lambda', serve('Invoke'));
endpoint.serve('sns', serve('Publish'));

beforeAll(async () => {
  config = {
    endpoint: await endpoint.listen(),
    region: 'us-east-1',
    credentials: identities.issue('understudy-local-observe'),
    maxAttempts: 1,
  };
});
afterAll(() => endpoint.close());
beforeEach(() => {
  received = undefined;
  answer = () => ({});
});

describe('awsJson', () => {
  test('carries dates, nested structures and lists to the client', async () => {
    const createTime = new Date('2026-01-05T09:00:00.250Z');
    answer = () => ({
      deploymentInfo: { deploymentId: 'd-1', createTime, status: 'InProgress', targetInstances: { tagFilters: [] } },
    });
    const client = new CodeDeployClient(config);
    const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId: 'd-1' }));
    expect(received).toEqual({ deploymentId: 'd-1' });
    expect(deploymentInfo).toEqual({
      deploymentId: 'd-1',
      createTime,
      status: 'InProgress',
      targetInstances: { tagFilters: [] },
    });
  });

  test('tells empty lists from absent ones', async () => {
    answer = () => ({ services: [], failures: [{ reason: 'MISSING' }] });
    const output = await new ECSClient(config).send(new DescribeServicesCommand({ services: ['a'], cluster: 'c' }));
    expect(output.services).toEqual([]);
    expect(output.failures).toEqual([{ reason: 'MISSING' }]);
  });

  test('raises a service error under its code', async () => {
    answer = () => {
      throw new ServiceError('DeploymentDoesNotExistException', 'no deployment d-2');
    };
    const sent = new CodeDeployClient(config).send(new GetDeploymentCommand({ deploymentId: 'd-2' }));
    await expect(sent).rejects.toMatchObject({
      name: 'DeploymentDoesNotExistException',
      message: 'no deployment d-2',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('lets CloudWatch, which once spoke Query, answer with either code', async () => {
    answer = () => ({ MetricAlarms: [{ AlarmName: 'a', StateUpdatedTimestamp: new Date(60_000), Threshold: 0.5 }] });
    const client = new CloudWatchClient(config);
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['a'] }));
    expect(MetricAlarms).toEqual([{ AlarmName: 'a', StateUpdatedTimestamp: new Date(60_000), Threshold: 0.5 }]);
    answer = () => {
      throw new ServiceError('InvalidParameterValueException', 'bad');
    };
    await expect(client.send(new DescribeAlarmsCommand({}))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  test('reads dates and numbers of the input', async () => {
    await new CloudWatchClient(config).send(
      new PutMetricDataCommand({
        Namespace: 'n',
        MetricData: [{ MetricName: 'm', Timestamp: new Date(1500), Value: 1.25 }],
      }),
    );
    expect(received).toEqual({
      Namespace: 'n',
      MetricData: [{ MetricName: 'm', Timestamp: new Date(1500), Value: 1.25 }],
    });
  });
});

test('rpcV2Cbor and awsQuery: CloudWatch answers the AWS CLI of today and of yesterday, too', async () => {
  const at = new Date(90_000);
  for (const protocol of [AwsSmithyRpcV2CborProtocol, AwsQueryProtocol]) {
    answer = () => ({ MetricAlarms: [{ AlarmName: 'a', StateUpdatedTimestamp: at, Threshold: 0.5 }] });
    const client = new CloudWatchClient({ ...config, protocol });
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['a', 'b'], MaxRecords: 2 }));
    expect(received).toEqual({ AlarmNames: ['a', 'b'], MaxRecords: 2 });
    expect(MetricAlarms).toEqual([{ AlarmName: 'a', StateUpdatedTimestamp: at, Threshold: 0.5 }]);
    answer = () => {
      throw new ServiceError('InvalidNextToken', 'bad token');
    };
    await expect(client.send(new DescribeAlarmsCommand({}))).rejects.toMatchObject({ message: 'bad token' });
  }
});

describe('awsQuery', () => {
  test('reads nested lists, numbers and booleans of the input', async () => {
    const input = {
      RuleArn: 'arn:rule',
      Actions: [
        {
          Type: 'forward' as const,
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: 'arn:a', Weight: 90 },
              { TargetGroupArn: 'arn:b', Weight: 10 },
            ],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ],
    };
    answer = () => ({ Rules: [] });
    const output = await new ElasticLoadBalancingV2Client(config).send(new ModifyRuleCommand(input));
    expect(received).toEqual(input);
    expect(output.Rules).toEqual([]);
  });

  test('writes nested results, and escapes what XML would not bear', async () => {
    const group = { TargetGroupName: '<a & b>', Port: 80, HealthCheckEnabled: true, LoadBalancerArns: ['x', 'y'] };
    answer = () => ({ TargetGroups: [group] });
    const client = new ElasticLoadBalancingV2Client(config);
    const { TargetGroups } = await client.send(new DescribeTargetGroupsCommand({ Names: [] }));
    expect(TargetGroups).toEqual([group]);
    expect(received).toEqual({ Names: [] });
  });

  test('puts the code of the Query protocol on the wire, and the client raises the error’s own name', async () => {
    answer = () => {
      throw new ServiceError('TargetGroupNotFoundException', 'no group <a>');
    };
    const client = new ElasticLoadBalancingV2Client(config);
    await expect(client.send(new DescribeTargetGroupsCommand({}))).rejects.toMatchObject({
      name: 'TargetGroupNotFoundException',
      message: 'no group <a>',
    });
    answer = () => {
      throw new ServiceError('DuplicateTargetGroupNameException', 'taken');
    };
    await expect(client.send(new CreateTargetGroupCommand({ Name: 'a' }))).rejects.toMatchObject({
      name: 'DuplicateTargetGroupNameException',
    });
  });

  test('reads maps', async () => {
    const input = {
      TopicArn: 'arn:topic',
      Message: 'a=b&c',
      MessageAttributes: { outcome: { DataType: 'String', StringValue: 'released' } },
    };
    answer = () => ({ MessageId: 'm-1' });
    const { MessageId } = await new SNSClient(config).send(new PublishCommand(input));
    expect(MessageId).toBe('m-1');
    expect(received).toEqual(input);
  });
});

test('ec2Query: reads filters and writes the result at the top', async () => {
  answer = () => ({ NetworkInterfaces: [{ PrivateIpAddress: '10.0.0.5', Attachment: { DeleteOnTermination: true } }] });
  const filters = { Filters: [{ Name: 'description', Values: ['ELB app/x/1', 'other'] }], MaxResults: 5 };
  const client = new EC2Client(config);
  const output = await client.send(new DescribeNetworkInterfacesCommand(filters));
  expect(received).toEqual(filters);
  expect(output.NetworkInterfaces).toEqual([
    { PrivateIpAddress: '10.0.0.5', Attachment: { DeleteOnTermination: true } },
  ]);
  answer = () => {
    throw new ServiceError('InvalidNetworkInterfaceID.NotFound', 'gone');
  };
  await expect(client.send(new DescribeNetworkInterfacesCommand({}))).rejects.toMatchObject({
    name: 'InvalidNetworkInterfaceID.NotFound',
    message: 'gone',
  });
});

test('restJson: binds path, headers, payload and status of a Lambda invocation', async () => {
  answer = () => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload: Buffer.from('{"errorType":"Boom"}') });
  const client = new LambdaClient(config);
  const output = await client.send(
    new InvokeCommand({ FunctionName: 'probe:r', InvocationType: 'RequestResponse', Payload: Buffer.from('{"a":1}') }),
  );
  expect(received).toMatchObject({ FunctionName: 'probe:r', InvocationType: 'RequestResponse' });
  expect(Buffer.from(Reflect.get(Object(received), 'Payload')).toString()).toBe('{"a":1}');
  expect(output).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
  expect(output.Payload?.transformToString()).toBe('{"errorType":"Boom"}');
});

test('an operation that the stage does not serve is refused by name', async () => {
  const sent = new SNSClient(config).send(new PublishCommand({ Message: 'x' }));
  await expect(sent).resolves.toBeDefined();
  const client = new CodeDeployClient(config);
  const { ListApplicationsCommand } = await import('@aws-sdk/client-codedeploy');
  await expect(client.send(new ListApplicationsCommand({}))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: 'The stage does not serve codedeploy:ListApplications.',
  });
});

test('a defect of a model says that the stage failed, not AWS', async () => {
  answer = () => {
    throw new TypeError('x is undefined');
  };
  const sent = new ECSClient(config).send(new DescribeServicesCommand({ services: ['a'] }));
  await expect(sent).rejects.toMatchObject({
    name: 'InternalFailure',
    message: expect.stringContaining('The stage itself failed: TypeError: x is undefined'),
  });
});

test('every call is recorded with its caller and outcome, refused ones too', async () => {
  await new CodeDeployClient(config).send(new GetDeploymentCommand({ deploymentId: 'd' }));
  const engineer = { ...config, credentials: { accessKeyId: 'AKIAENGINEER', secretAccessKey: 'x' } };
  await new ECSClient(engineer).send(new DescribeServicesCommand({ services: ['a'] }));
  const refused = new CodeDeployClient(config).send(new StopDeploymentCommand({ deploymentId: 'd' }));
  await expect(refused).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(endpoint.calls.calls().slice(-3)).toEqual([
    {
      at: 0,
      service: 'codedeploy',
      operation: 'GetDeployment',
      role: 'understudy-local-observe',
      outcome: 'ok',
      message: '',
    },
    { at: 0, service: 'ecs', operation: 'DescribeServices', role: null, outcome: 'ok', message: '' },
    {
      at: 0,
      service: 'codedeploy',
      operation: 'StopDeployment',
      role: 'understudy-local-observe',
      outcome: 'AccessDeniedException',
      message: 'role x may not',
    },
  ]);
});

test('an unsigned request is turned away', async () => {
  const response = await fetch(config.endpoint, { method: 'POST', body: '{}' });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ __type: 'MissingAuthenticationToken' });
});

test.each([
  ['application/x-amz-json-1.1', /^\{"__type":"UnknownService"/],
  ['application/x-www-form-urlencoded; charset=utf-8', /^<ErrorResponse.*<Code>UnknownService<\/Code>/s],
])('a service that the stage has not is refused in the form of the request: %s', async (type, expected) => {
  const authorization = 'AWS4-HMAC-SHA256 Credential=key/20260105/us-east-1/cloudformation/aws4_request';
  const headers = { authorization, 'content-type': type };
  const response = await fetch(config.endpoint, { method: 'POST', headers, body: 'Action=ListStacks' });
  expect(response.status).toBe(404);
  expect(await response.text()).toMatch(expected);
});
