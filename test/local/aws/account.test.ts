import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import { type Account, openAccount } from './account.ts';
import { type Synthesized, synthesized } from './synthesized.ts';

const require = (name: string) => JSON.stringify(`${process.cwd()}/node_modules/${name}`);

/** A step that writes to the ledger, and to a table that its role does not allow. */
const stepCode = `
const { DynamoDBClient, PutItemCommand } = require(${require('@aws-sdk/client-dynamodb')});
const client = new DynamoDBClient({});
exports.handler = async ({ input, enteredAt }) => {
  if (input.fail) throw Object.assign(new Error(input.fail), { name: 'StepFailed' });
  const TableName = input.table ?? process.env.LEDGER_TABLE;
  await client.send(new PutItemCommand({ TableName, Item: { pk: { S: input.id }, at: { S: enteredAt } } }));
  console.log(JSON.stringify({ stored: input.id }));
  return { ...input, wait: { seconds: 3600 } };
};`;

const role = (statements: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: { Policies: [{ PolicyName: 'inline', PolicyDocument: { Statement: statements } }] },
});
const allow = (Action: string, Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
const table = (TableName: string) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  },
});

const definition = {
  StartAt: 'Step',
  States: {
    Step: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'step', Payload: { 'input.$': '$', 'enteredAt.$': '$$.State.EnteredTime' } },
      OutputPath: '$.Payload',
      Next: 'Wait',
    },
    Wait: { Type: 'Wait', SecondsPath: '$.wait.seconds', Next: 'Done' },
    Done: { Type: 'Succeed' },
  },
};

const release = {
  Resources: {
    Ledger: table('ledger'),
    Other: table('other'),
    StepRole: role([allow('dynamodb:PutItem', { 'Fn::GetAtt': ['Ledger', 'Arn'] })]),
    Step: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'step',
        Code: { S3Bucket: 'assets', S3Key: 'abc.zip' },
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['StepRole', 'Arn'] },
        Timeout: 10,
        Environment: { Variables: { LEDGER_TABLE: { Ref: 'Ledger' } } },
      },
    },
    MachineRole: role([allow('lambda:InvokeFunction', { 'Fn::GetAtt': ['Step', 'Arn'] })]),
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'release',
        RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] },
        DefinitionString: JSON.stringify(definition),
      },
    },
    Powerless: role([]),
    Forbidden: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'forbidden',
        RoleArn: { 'Fn::GetAtt': ['Powerless', 'Arn'] },
        DefinitionString: JSON.stringify(definition),
      },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'releases' } },
    Unfinished: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          source: ['aws.states'],
          detail: { status: ['FAILED', 'ABORTED'], stateMachineArn: [{ Ref: 'Machine' }] },
        },
        Targets: [{ Id: 'topic', Arn: { Ref: 'Topic' } }],
      },
    },
  },
};

const clock = new VirtualClock(Date.parse('2026-01-05T09:00:00Z'));
let account: Account;
let app: Synthesized;
let states: SFNClient;
const stateMachineArn = 'arn:aws:states:us-east-1:111111111111:stateMachine:release';

beforeAll(async () => {
  account = await openAccount({ clock, hold: () => clock.hold() });
  app = synthesized({ release }, { abc: stepCode });
  await account.deploy(app.assembly, {});
  states = new SFNClient({ ...client(), maxAttempts: 1 });
});
afterAll(async () => {
  await account.close();
  app.remove();
});

const client = () => ({
  endpoint: account.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIAENGINEER', secretAccessKey: 'x' },
});

async function run(input: object, name: string, machine = stateMachineArn): Promise<Record<string, unknown>> {
  const start = new StartExecutionCommand({ stateMachineArn: machine, name, input: JSON.stringify(input) });
  const { executionArn = '' } = await states.send(start);
  await clock.run(() => account.stateMachines.execution(executionArn).status !== 'RUNNING');
  return { ...(await states.send(new DescribeExecutionCommand({ executionArn }))) };
}

const once = (input: string) => states.send(new StartExecutionCommand({ stateMachineArn, name: 'once', input }));

describe('a state machine, its functions and its ledger', () => {
  test('run as synthesized, in stage time', async () => {
    const described = await run({ id: 'r1' }, 'r1');
    expect(described).toMatchObject({
      status: 'SUCCEEDED',
      name: 'r1',
      input: '{"id":"r1"}',
      output: '{"id":"r1","wait":{"seconds":3600}}',
      startDate: new Date('2026-01-05T09:00:00Z'),
      stopDate: new Date('2026-01-05T10:00:00Z'),
    });
    const get = new GetItemCommand({ TableName: 'ledger', Key: { pk: { S: 'r1' } } });
    const { Item } = await new DynamoDBClient(client()).send(get);
    expect(Item).toEqual({ pk: { S: 'r1' }, at: { S: '2026-01-05T09:00:00.000Z' } });
    const [stream = ''] = account.logs.streams('/aws/lambda/step');
    expect(account.logs.lines('/aws/lambda/step', stream).map(({ message }) => message)).toEqual(['{"stored":"r1"}']);
  });

  test('hold a function to its role', async () => {
    const described = await run({ id: 'r2', table: 'other' }, 'r2');
    expect(described).toMatchObject({ status: 'FAILED', error: 'AccessDeniedException' });
    expect(JSON.parse(String(described['cause'])).errorMessage).toContain(
      'is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:111111111111:table/other',
    );
  });

  test('hold the state machine to its role', async () => {
    const forbidden = stateMachineArn.replace('release', 'forbidden');
    expect(await run({ id: 'r3' }, 'r3', forbidden)).toMatchObject({
      status: 'FAILED',
      error: 'Lambda.AWSLambdaException',
      cause: expect.stringContaining('lambda:InvokeFunction'),
    });
  });

  test('tell the topic about an execution that failed or was aborted, by the template’s rule', async () => {
    await clock.advance(1);
    const before = account.topics.published().length;
    await run({ fail: 'no lock' }, 'r4');
    await clock.advance(1);
    const { executionArn } = await states.send(
      new StartExecutionCommand({ stateMachineArn, name: 'r5', input: '{"id":"r5"}' }),
    );
    await clock.advance(1000);
    await states.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'by hand' }));
    await clock.advance(1);
    const told = account.topics.published().slice(before);
    expect(told.map(({ message }) => JSON.parse(message).detail)).toEqual([
      expect.objectContaining({ name: 'r4', status: 'FAILED', error: 'StepFailed' }),
      expect.objectContaining({ name: 'r5', status: 'ABORTED', error: 'Stopped', cause: 'by hand' }),
    ]);
  });

  test('have their history paged and counted as on AWS', async () => {
    const executionArn = `${stateMachineArn.replace('stateMachine', 'execution')}:r1`;
    const first = await states.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 6 }));
    const { nextToken } = first;
    const rest = await states.send(new GetExecutionHistoryCommand({ executionArn, nextToken }));
    const events = [...(first.events ?? []), ...(rest.events ?? [])];
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'WaitStateEntered',
      'WaitStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    expect(events[4]?.taskSucceededEventDetails?.output).toContain('"StatusCode":200');
    const backwards = new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 });
    expect((await states.send(backwards)).events?.[0]?.type).toBe('ExecutionSucceeded');
  });

  test('find a running execution again by its name and input, and refuse the name for anything else', async () => {
    const first = await once('{"id":"once"}');
    expect((await once('{"id":"once"}')).executionArn).toBe(first.executionArn);
    await expect(once('{"id":"twice"}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await clock.advance(2 * 3_600_000);
    await expect(once('{"id":"once"}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  test.each([
    [{ stateMachineArn, name: 'a b' }, 'InvalidName'],
    [{ stateMachineArn, input: '{' }, 'InvalidExecutionInput'],
    [{ stateMachineArn: `${stateMachineArn}x` }, 'StateMachineDoesNotExist'],
  ])('refuse to start with %j: %s', async (input, name) => {
    await expect(states.send(new StartExecutionCommand(input))).rejects.toMatchObject({ name });
  });

  test('are listed, newest execution first', async () => {
    const { stateMachines } = await states.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map(({ name }) => name)).toEqual(['release', 'forbidden']);
    const failed = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'FAILED' });
    expect((await states.send(failed)).executions?.map(({ name }) => name)).toEqual(['r4', 'r2']);
  });

  test('keep their data when the app is deployed again', async () => {
    await account.deploy(app.assembly, {});
    expect(await run({ id: 'r6' }, 'r6')).toMatchObject({ status: 'SUCCEEDED' });
    const get = new GetItemCommand({ TableName: 'ledger', Key: { pk: { S: 'r1' } } });
    expect((await new DynamoDBClient(client()).send(get)).Item).toBeDefined();
  });
});
