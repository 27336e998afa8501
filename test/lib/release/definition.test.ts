import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { longestStepSeconds } from '../../../lambda/steps/lock.ts';
import { definition, type State } from '../../../lib/release/definition.ts';
import { functionNames, functions, stepNames, steps } from '../../../lib/release/steps.ts';

const machine = definition('dev');
const entries = Object.entries(machine.States);
const tasks = entries.flatMap(([name, state]) => (state.Type === 'Task' ? [{ name, state }] : []));

/** Where a state may lead, failures included. */
function nextOf(state: State): string[] {
  if (state.Type === 'Wait') return [state.Next];
  if (state.Type === 'Choice') return [...state.Choices.map((each) => each.Next), state.Default];
  return [...(state.Next === undefined ? [] : [state.Next]), ...(state.Catch ?? []).map((each) => each.Next)];
}

function reachable(from: string, seen = new Set<string>()): Set<string> {
  if (seen.has(from)) return seen;
  seen.add(from);
  const state = machine.States[from];
  if (state !== undefined) for (const next of nextOf(state)) reachable(next, seen);
  return seen;
}

test('it is valid Amazon States Language', () => {
  expect(validate(machine)).toMatchObject({ isValid: true, errors: [] });
});

test('every state is reached, and Close from every state', () => {
  expect([...reachable(machine.StartAt)].toSorted()).toEqual(entries.map(([name]) => name).toSorted());
  for (const [name] of entries) expect(reachable(name)).toContain('Close');
});

test('it has the states of the design and no more', () => {
  expect(entries).toHaveLength(25);
});

test('both machines are the same but for the function behind their first state', () => {
  const rollback = definition('dev', 'rollback');
  const { Open, ...others } = rollback.States;
  const { Open: own, ...same } = definition('dev').States;
  expect(others).toEqual(same);
  expect({ ...Open, Comment: '' }).toEqual({
    ...own,
    Comment: '',
    Parameters: { ...(own?.Type === 'Task' && own.Parameters), FunctionName: 'understudy-dev-release-open-rollback' },
  });
  expect(validate(rollback)).toMatchObject({ isValid: true });
});

test('a release that is asked to end early does so, and ships nothing', () => {
  for (const [name, until] of [
    ['Planned?', 'plan'],
    ['Rehearsed?', 'rehearse'],
  ] as const) {
    const choices = [{ Variable: '$.request.until', StringEquals: until, Next: 'Close' }];
    expect(machine.States[name]).toHaveProperty('Choices', expect.arrayContaining(choices));
  }
});

test.each(functionNames)('%s has its file, and is over before a takeover', (name) => {
  expect(existsSync(join(import.meta.dirname, '../../../lambda/steps', `${name.toLowerCase()}.ts`))).toBe(true);
  expect(functions[name].timeoutSeconds).toBeLessThanOrEqual(longestStepSeconds);
});

describe('each Task', () => {
  test('is one of the steps, and each step is a Task', () => {
    expect(tasks.map(({ name }) => name).toSorted()).toEqual([...stepNames].toSorted());
  });

  test.each(tasks)('$name has a deadline, above that of its function', ({ name, state }) => {
    const own = stepNames.find((each) => each === name);
    expect(state.TimeoutSeconds).toBeGreaterThan(own === undefined ? Infinity : steps[own].timeoutSeconds);
  });

  test.each(tasks)('$name is retried with backoff and jitter after what may pass', ({ state }) => {
    expect(state.Retry[0]).toMatchObject({ BackoffRate: 2, JitterStrategy: 'FULL' });
    expect(state.Retry[0]).toHaveProperty('ErrorEquals', expect.arrayContaining(['Transient', 'States.Timeout']));
  });

  const insistent = new Set(['Retreat', 'Mend']);
  test.each(tasks.filter(({ name }) => !insistent.has(name)))('$name is not retried after what is final', (task) => {
    expect(task.state.Retry).toHaveLength(1);
    expect(JSON.stringify(task.state.Retry)).not.toMatch(/States\.ALL|States\.TaskFailed|LockLost|MigrationFailed/);
  });

  test.each(tasks.filter(({ name }) => insistent.has(name)))(
    '$name, which nothing after it makes good, is retried after any error but the loss of the lock',
    ({ state }) => {
      expect(state.Retry.slice(1)).toEqual([
        { ErrorEquals: ['LockLost'], MaxAttempts: 0 },
        expect.objectContaining({ ErrorEquals: ['States.ALL'] }),
      ]);
    },
  );

  test.each(tasks.filter(({ name }) => name !== 'Close'))('$name catches every error, under its own name', (task) => {
    expect(task.state.Catch).toEqual([
      { ErrorEquals: ['States.ALL'], ResultPath: `$.failures.${task.name}`, Next: expect.any(String) },
    ]);
  });

  test('before anything is changed goes to Close when it fails, and later to Retreat', () => {
    const way = Object.fromEntries(tasks.map(({ name, state }) => [name, state.Catch?.[0]?.Next]));
    expect(way).toEqual({
      Open: 'Close',
      Register: 'Close',
      Plan: 'Close',
      Rehearse: 'Close',
      Snapshot: 'Close',
      Migrate: 'Retreat',
      Shift: 'Retreat',
      Observe: 'Retreat',
      Promote: 'Retreat',
      Retreat: 'Close',
      Mend: 'Verify',
      Verify: 'Close',
      Close: undefined,
    });
  });

  test('gives its function the document, the execution and the time of entry', () => {
    for (const { name, state } of tasks) {
      expect(state.Parameters).toEqual({
        FunctionName: `understudy-dev-release-${name.toLowerCase()}`,
        Payload: {
          'input.$': '$',
          execution: {
            'id.$': '$$.Execution.Id',
            'name.$': '$$.Execution.Name',
            'startedAt.$': '$$.Execution.StartTime',
          },
          'enteredAt.$': '$$.State.EnteredTime',
        },
      });
      expect(state.OutputPath).toBe('$.Payload');
    }
  });
});

test('a refusal goes straight to Close', () => {
  for (const name of ['Opened?', 'Planned?', 'Rehearsed?', 'Snapshotted?']) {
    expect(machine.States[name]).toHaveProperty(
      'Choices',
      expect.arrayContaining([{ Not: { Variable: '$.refusal', IsNull: true }, Next: 'Close' }]),
    );
  }
});

test('the shared Wait goes on to whatever state asked for it', () => {
  const waiting = new Set(
    entries.flatMap(([name, state]) =>
      state.Type === 'Choice' && state.Choices.some((each) => each.Next === 'Wait') ? [name] : [],
    ),
  );
  const asked = tasks.filter(({ state }) => waiting.has(state.Next ?? '')).map(({ name }) => name);
  const resume = machine.States['Resume'];
  expect(resume === undefined ? [] : [...new Set(nextOf(resume))].toSorted()).toEqual(asked.toSorted());
});

test('it uses the subset that runs unmodified everywhere: JSONPath, one integration, no intrinsics', () => {
  const text = JSON.stringify(machine);
  expect(text).not.toMatch(/JSONata|Assign|waitForTaskToken|CausePath|States\.(Format|Json|String|Array)/);
  expect(new Set(tasks.map(({ state }) => state.Resource))).toEqual(new Set(['arn:aws:states:::lambda:invoke']));
});
