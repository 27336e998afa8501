import { describe, expect, test } from '@jest/globals';
import { TaskError } from '../../../local/stepfunctions/execution.ts';
import { eventTypes, invokeState, machine } from './machine.ts';

const hours = 3_600_000;

describe('an execution', () => {
  test('waits 48 hours of stage time in no time, and knows when each state was entered', async () => {
    const seen: unknown[] = [];
    const { clock, start, finish } = machine(
      {
        StartAt: 'Shift',
        States: {
          Shift: invokeState({ Next: 'Wait', End: undefined }),
          Wait: { Type: 'Wait', SecondsPath: '$.wait.seconds', Next: 'Promote' },
          Promote: invokeState(),
        },
      },
      (payload) => {
        seen.push([payload['state'], payload['enteredAt'], payload['execution']]);
        return { wait: { seconds: 48 * 3600 } };
      },
    );
    const begun = clock.now();
    const started = performance.now();
    const execution = await finish(start({}, 'release-7'));
    expect(performance.now() - started).toBeLessThan(500);
    expect(execution.status).toBe('SUCCEEDED');
    expect(clock.now() - begun).toBe(48 * hours);
    const release = { id: 'arn:aws:states:us-east-1:111111111111:execution:release:release-7', name: 'release-7' };
    expect(seen).toEqual([
      ['Shift', '2026-01-05T09:00:00.000Z', release],
      ['Promote', '2026-01-07T09:00:00.000Z', release],
    ]);
  });

  test('retries in stage time with backoff, and keeps the time of entry', async () => {
    const tries: [number, unknown][] = [];
    const { clock, start, finish } = machine(
      {
        StartAt: 'Open',
        States: {
          Open: invokeState({
            Retry: [
              { ErrorEquals: ['Throttled'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3, MaxDelaySeconds: 10 },
            ],
          }),
        },
      },
      (payload) => {
        tries.push([clock.now(), payload['enteredAt']]);
        if (tries.length < 4) throw new TaskError('Throttled', 'slow down');
        return { ok: true };
      },
    );
    const begun = clock.now();
    const execution = await finish(start());
    expect(execution.output).toBe('{"ok":true}');
    expect(tries.map(([at]) => (at - begun) / 1000)).toEqual([0, 2, 8, 18]);
    expect(new Set(tries.map(([, enteredAt]) => enteredAt)).size).toBe(1);
    expect(eventTypes(execution)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      ...Array.from({ length: 3 }, () => ['TaskScheduled', 'TaskStarted', 'TaskFailed']).flat(),
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('catches an error by its name, with the whole payload as its cause', async () => {
    const { start, finish } = machine(
      {
        StartAt: 'Migrate',
        States: {
          Migrate: invokeState({
            Catch: [
              { ErrorEquals: ['Other'], Next: 'Wrong' },
              { ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Retreat' },
            ],
          }),
          Retreat: { Type: 'Pass', End: true },
          Wrong: { Type: 'Pass', End: true },
        },
      },
      () => {
        throw new TaskError('MigrationFailed', '{"errorType":"MigrationFailed"}');
      },
    );
    const execution = await finish(start({ service: 'backstage' }));
    expect(JSON.parse(execution.output ?? '')).toEqual({
      service: 'backstage',
      failure: { Error: 'MigrationFailed', Cause: '{"errorType":"MigrationFailed"}' },
    });
    expect(eventTypes(execution)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('times a Task out after its TimeoutSeconds, not after the interpreter’s minute', async () => {
    const never = new Promise(() => undefined);
    const { clock, start, finish } = machine(
      { StartAt: 'Observe', States: { Observe: invokeState({ TimeoutSeconds: 300 }) } },
      () => never,
    );
    const begun = clock.now();
    const execution = await finish(start());
    expect(clock.now() - begun).toBe(300_000);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(eventTypes(execution)).toContain('TaskTimedOut');
  });

  test('does not let States.TaskFailed match a time-out', async () => {
    const { start, finish } = machine(
      {
        StartAt: 'Observe',
        States: {
          Observe: invokeState({ TimeoutSeconds: 1, Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Caught' }] }),
          Caught: { Type: 'Pass', End: true },
        },
      },
      () => new Promise(() => undefined),
    );
    expect(await finish(start())).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  test('times out as a whole after the machine’s TimeoutSeconds', async () => {
    const { clock, start, finish, changes } = machine(
      { StartAt: 'Wait', TimeoutSeconds: 60, States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } },
      () => undefined,
    );
    const begun = clock.now();
    const execution = await finish(start());
    expect(execution).toMatchObject({ status: 'TIMED_OUT', stoppedAt: begun + 60_000 });
    expect(changes).toEqual(['RUNNING', 'TIMED_OUT']);
    expect(eventTypes(execution).at(-1)).toBe('ExecutionTimedOut');
  });

  test('is aborted at once, in a wait as in a task, and runs no state after that', async () => {
    const steps: unknown[] = [];
    const { clock, start } = machine(
      {
        StartAt: 'Shift',
        States: {
          Shift: invokeState({
            Next: 'Wait',
            End: undefined,
            Retry: [{ ErrorEquals: ['Throttled'], IntervalSeconds: 60, MaxAttempts: 5 }],
          }),
          Wait: { Type: 'Wait', Seconds: 600, Next: 'Close' },
          Close: invokeState(),
        },
      },
      (payload) => {
        steps.push(payload['state']);
        if (Object(payload['input']).throttled === true) throw new TaskError('Throttled', '');
        return {};
      },
    );
    const waiting = start({});
    const retrying = start({ throttled: true });
    await clock.advance(30_000);
    waiting.stop('Cancelled', 'by hand');
    retrying.stop(null, null);
    await clock.advance(2 * hours);
    expect(waiting).toMatchObject({ status: 'ABORTED', error: 'Cancelled', cause: 'by hand' });
    expect(retrying).toMatchObject({ status: 'ABORTED', error: null });
    expect(eventTypes(waiting)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'WaitStateEntered',
      'ExecutionAborted',
    ]);
    expect(steps).toEqual(['Shift', 'Shift']);
  });

  test('fails, uncaught, when a task returns more than 256 KiB', async () => {
    const { start, finish } = machine(
      {
        StartAt: 'Open',
        States: {
          Open: invokeState({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] }),
          Caught: { Type: 'Pass', End: true },
        },
      },
      () => ({ big: 'x'.repeat(256 * 1024) }),
    );
    expect(await finish(start())).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('fails with the error and cause of a Fail state', async () => {
    const { start, finish } = machine(
      {
        StartAt: 'Choose',
        States: {
          Choose: { Type: 'Choice', Choices: [{ Variable: '$.ok', BooleanEquals: true, Next: 'Fine' }], Default: 'No' },
          Fine: { Type: 'Succeed' },
          No: { Type: 'Fail', Error: 'Refused', Cause: 'the lock is busy' },
        },
      },
      () => undefined,
    );
    expect(await finish(start({ ok: false }))).toMatchObject({
      status: 'FAILED',
      error: 'Refused',
      cause: 'the lock is busy',
    });
    const fine = await finish(start({ ok: true }));
    expect(eventTypes(fine)).toEqual([
      'ExecutionStarted',
      'ChoiceStateEntered',
      'ChoiceStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('fails when its history reaches 25,000 events', async () => {
    const { start, finish } = machine(
      {
        StartAt: 'Wait',
        States: { Wait: { Type: 'Wait', Seconds: 1, Next: 'Loop' }, Loop: { Type: 'Pass', Next: 'Wait' } },
      },
      () => undefined,
    );
    const execution = await finish(start());
    expect(execution.status).toBe('FAILED');
    expect(execution.history.events).toHaveLength(25_000);
  });

  test('runs by the hundred within a second', async () => {
    const { start, finish } = machine(
      {
        StartAt: 'Observe',
        States: {
          Observe: invokeState({ Next: 'Judged?', End: undefined }),
          'Judged?': {
            Type: 'Choice',
            Choices: [{ Variable: '$.looks', NumericLessThan: 20, Next: 'Wait' }],
            Default: 'Done',
          },
          Wait: { Type: 'Wait', Seconds: 60, Next: 'Observe' },
          Done: { Type: 'Succeed' },
        },
      },
      ({ input }) => ({ looks: Object(input).looks + 1 }),
    );
    const started = performance.now();
    const executions = Array.from({ length: 100 }, () => start({ looks: 0 }));
    for (const execution of executions) await finish(execution);
    expect(executions.every(({ status }) => status === 'SUCCEEDED')).toBe(true);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('a redriven execution', () => {
  const timed = invokeState({
    Parameters: { FunctionName: 'step', Payload: { 'startedAt.$': '$$.Execution.StartTime' } },
  });
  const definition = {
    StartAt: 'Open',
    States: { Open: { ...invokeState(), End: undefined, Next: 'Close' }, Close: invokeState() },
  };

  test('goes on with the state in which it failed, and with what had gone into it', async () => {
    const asked: unknown[] = [];
    const { start, finish } = machine(definition, ({ state, input }) => {
      asked.push([state, input]);
      if (asked.length === 2) throw new Error('once');
      return { after: state };
    });
    const execution = await finish(start({ image: 'v1' }));
    expect(execution.status).toBe('FAILED');
    execution.redrive();
    await finish(execution);
    expect(execution.status).toBe('SUCCEEDED');
    expect(asked).toEqual([
      ['Open', { image: 'v1' }],
      ['Close', { after: 'Open' }],
      ['Close', { after: 'Open' }],
    ]);
    expect(eventTypes(execution)).toContain('ExecutionRedriven');
  });

  test('started when it was first started', async () => {
    const started: unknown[] = [];
    const { start, finish, clock } = machine(
      { ...definition, StartAt: 'Close', States: { Close: timed } },
      ({ startedAt }) => {
        started.push(startedAt);
        if (started.length === 1) throw new Error('once');
        return {};
      },
    );
    const execution = await finish(start());
    await clock.advance(60_000);
    execution.redrive();
    await finish(execution);
    expect(started).toEqual(['2026-01-05T09:00:00.000Z', '2026-01-05T09:00:00.000Z']);
  });

  test('takes no notice of what was still running when it was aborted', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    let calls = 0;
    const { start, finish, clock } = machine(definition, () => {
      calls += 1;
      return calls === 1 ? promise : { call: calls };
    });
    const execution = start();
    await clock.advance(1000);
    execution.stop(null, null);
    execution.redrive();
    resolve({ late: true });
    await finish(execution);
    expect(JSON.parse(execution.output ?? '')).toEqual({ call: 3 });
  });

  test('is refused while it runs, and once it has succeeded', async () => {
    const { start, finish } = machine(definition, () => ({}));
    const execution = start();
    expect(() => execution.redrive()).toThrow('RUNNING');
    await finish(execution);
    expect(() => execution.redrive()).toThrow('SUCCEEDED');
  });
});
