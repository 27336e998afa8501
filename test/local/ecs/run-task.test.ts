import type { RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { network, port, seconds, world } from './world.ts';

const request: RunTaskCommandInput = {
  cluster: 'understudy',
  taskDefinition: 'backstage',
  startedBy: 'release-1',
  networkConfiguration: network,
};

function started(changes: Partial<RunTaskCommandInput> = {}, image = 'good@1', container: object = {}) {
  const stage = world();
  stage.register(image, container);
  const answer = stage.operations.RunTask({ ...request, ...changes });
  const arn = answer.tasks?.[0]?.taskArn ?? '';
  const task = () => stage.operations.DescribeTasks({ cluster: 'understudy', tasks: [arn] }).tasks?.[0];
  return { ...stage, arn, task };
}

const command = (...words: string[]) => ({ containerOverrides: [{ name: 'backstage', command: words }] });

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
describe('a one-off task', () => {
  test('goes from PROVISIONING over PENDING to RUNNING, and has its address when provisioned', async () => {
    const { clock, task } = started();
    const address = () => task()?.attachments?.[0]?.details?.find(({ name }) => name === 'privateIPv4Address')?.value;
    expect(task()).toMatchObject({ lastStatus: 'PROVISIONING', desiredStatus: 'RUNNING', startedBy: 'release-1' });
    expect(address()).toBeUndefined();
    await clock.advance(1 * seconds);
    expect(task()?.lastStatus).toBe('PENDING');
    expect(address()).toMatch(/^10\.0\.\d+\.\d+$/);
    await clock.advance(1 * seconds);
    expect(task()).toMatchObject({
      lastStatus: 'RUNNING',
      group: 'family:backstage',
      containers: [{ name: 'backstage', networkInterfaces: [{ privateIpv4Address: address() }] }],
      attachments: [{ type: 'ElasticNetworkInterface', status: 'ATTACHED' }],
    });
  });

  test('that ends tells its exit code, and its output is in the log under prefix/container/id', async () => {
    const { clock, task, printed, arn } = started({ overrides: command('tool', 'status') });
    await clock.advance(30 * seconds);
    expect(task()).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 0 }],
    });
    const stream = `backstage/backstage/${arn.slice(arn.lastIndexOf('/') + 1)}`;
    expect(printed).toEqual([
      `/understudy/backstage ${stream} starting`,
      `/understudy/backstage ${stream} {"plugins":[]}`,
    ]);
  });

  test('that fails tells how', async () => {
    const { clock, task } = started({ overrides: command('fail') });
    await clock.advance(30 * seconds);
    expect(task()).toMatchObject({ lastStatus: 'STOPPED', containers: [{ exitCode: 3 }] });
  });

  test('that is stopped passes through STOPPING and DEPROVISIONING, and says who stopped it', async () => {
    const { clock, task, arn, operations } = started();
    await clock.advance(5 * seconds);
    operations.StopTask({ cluster: 'understudy', task: arn, reason: 'verified' });
    expect(task()).toMatchObject({ lastStatus: 'STOPPING', desiredStatus: 'STOPPED' });
    await clock.advance(0.6 * seconds);
    expect(task()?.lastStatus).toBe('DEPROVISIONING');
    await clock.advance(1 * seconds);
    expect(task()).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'verified',
      containers: [{ exitCode: 143 }],
    });
  });

  test('that is stopped while it is provisioned never runs', async () => {
    const { clock, task, arn, operations, runtime } = started();
    operations.StopTask({ cluster: 'understudy', task: arn });
    await clock.advance(10 * seconds);
    expect(task()).toMatchObject({ lastStatus: 'STOPPED', stoppedReason: 'Task stopped by user' });
    expect(task()?.startedAt).toBeUndefined();
    expect(runtime.tasks()).toEqual([]);
  });

  test('whose image or secret is missing stops without having run (stopped-task-error-codes.html)', async () => {
    const image = started({}, 'missing@1');
    await image.clock.advance(10 * seconds);
    expect(image.task()).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: missing@1: not found',
    });
    const secret = started({}, 'good@1', {
      secrets: [{ name: 'X', valueFrom: 'arn:aws:secretsmanager:r:a:secret:gone' }],
    });
    await secret.clock.advance(10 * seconds);
    expect(secret.task()).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringContaining('ResourceInitializationError: unable to pull secrets'),
    });
  });

  test('gets its environment, the overrides’ and its secrets together', async () => {
    const { clock, runtime } = started(
      { overrides: { containerOverrides: [{ name: 'backstage', environment: [{ name: 'MODE', value: 'check' }] }] } },
      'good@1',
      {
        environment: [
          { name: 'PORT', value: String(port) },
          { name: 'MODE', value: 'serve' },
        ],
        secrets: [{ name: 'USER', valueFrom: 'arn:aws:secretsmanager:us-east-1:1:secret:database-AbCdEf:username::' }],
      },
    );
    await clock.advance(5 * seconds);
    expect(runtime.tasks().map(({ spec }) => spec)).toMatchObject([
      { environment: { PORT: '7007', MODE: 'check', USER: 'postgres' }, containerPort: 7007, stopTimeoutSeconds: 30 },
    ]);
  });
});

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
describe('a client token', () => {
  test('gives the same task again for the same request, and refuses another request', () => {
    const { operations, arn } = started({ clientToken: 'once' });
    expect(operations.RunTask({ ...request, clientToken: 'once' }).tasks).toMatchObject([{ taskArn: arn }]);
    expect(() => operations.RunTask({ ...request, clientToken: 'once', startedBy: 'other' })).toThrow(
      expect.objectContaining({ code: 'ConflictException' }),
    );
    expect(operations.ListTasks({ cluster: 'understudy', startedBy: 'release-1' }).taskArns).toEqual([arn]);
  });
});

describe('RunTask (API_RunTask.html) and ListTasks (API_ListTasks.html)', () => {
  const refused: readonly (readonly [Partial<RunTaskCommandInput>, string])[] = [
    [{ networkConfiguration: undefined }, "Network Configuration must be provided when networkMode 'awsvpc'"],
    [{ overrides: { containerOverrides: [{ name: 'sidecar' }] } }, 'is not a container in the TaskDefinition'],
    [{ startedBy: 'x'.repeat(129) }, 'up to 128 letters'],
    [{ count: 11 }, '1 to 10 tasks in one call, not 11'],
    [{ clientToken: 'x'.repeat(65) }, 'at most 64 characters, not 65'],
    [{ cluster: 'nowhere' }, 'Cluster not found: nowhere'],
  ];

  test.each(refused)('refuse %j', (changes, message) => {
    const { operations } = started();
    expect(() => operations.RunTask({ ...request, ...changes })).toThrow(message);
  });

  test('tell tasks apart by who started them and by what they are meant to be', async () => {
    const { clock, operations, arn } = started();
    const other = operations.RunTask({ ...request, startedBy: 'release-2' }).tasks?.[0]?.taskArn;
    await clock.advance(5 * seconds);
    operations.StopTask({ cluster: 'understudy', task: arn });
    const list = (filter: object) => operations.ListTasks({ cluster: 'understudy', ...filter }).taskArns;
    expect(list({})).toEqual([other]);
    expect(list({ startedBy: 'release-1' })).toEqual([]);
    expect(list({ startedBy: 'release-1', desiredStatus: 'STOPPED' })).toEqual([arn]);
    expect(list({ family: 'backstage' })).toEqual([other]);
    expect(() => list({ startedBy: 'release-1', family: 'backstage' })).toThrow('cannot be combined');
  });

  test('know a stopped task for an hour', async () => {
    const { clock, operations, arn, task } = started();
    operations.StopTask({ cluster: 'understudy', task: arn });
    await clock.advance(3590 * seconds);
    expect(task()?.lastStatus).toBe('STOPPED');
    await clock.advance(20 * seconds);
    expect(operations.DescribeTasks({ cluster: 'understudy', tasks: [arn] })).toEqual({
      tasks: [],
      failures: [{ arn, reason: 'MISSING' }],
    });
  });
});
