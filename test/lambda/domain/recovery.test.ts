import { describe, expect, test } from '@jest/globals';
import { lineOf } from '../../../lambda/domain/descent.ts';
import { adopted } from '../../../lambda/domain/recovery.ts';
import { newRelease, type Release } from '../../../lambda/domain/release.ts';
import { at, execution, registered, shifted } from './samples.ts';

const visit = (...states: string[]): Release['timings'] =>
  Object.fromEntries(states.map((state) => [state, { first: at(0), last: at(0), visits: 1 }]));
const by = { execution: 'arn:recovery', token: 7, rollback: null };
const adopt = (left: Release): Release => adopted(left, by, { status: 'ABORTED', text: 'It was aborted.' });
const waiting = (resume: string) => ({ seconds: 3, resume });

describe('an abandoned release', () => {
  test('goes on from Retreat, as itself, under the execution and the token of its recovery', () => {
    const verification = { task: 't', startedAt: at(0), probes: 1, verdict: null, reason: '' };
    const left = { ...shifted(), verification, timings: visit('Open', 'Shift', 'Observe'), wait: waiting('Observe') };
    expect(adopt(left)).toEqual({
      ...left,
      ...by,
      verification: null,
      failures: { Execution: { Error: 'ABORTED', Cause: 'It was aborted.' } },
      wait: { seconds: 1, resume: 'Retreat' },
    });
  });

  test('is closed when nothing had been changed', () => {
    for (const states of [['Open'], ['Open', 'Register'], ['Open', 'Register', 'Plan']]) {
      expect(adopt({ ...registered(), timings: visit(...states) }).refusal).toBe(
        'It was aborted. Nothing was changed.',
      );
    }
    const rehearsing = { ...registered(), timings: visit('Open', 'Rehearse'), wait: waiting('Rehearse') };
    expect(adopt(rehearsing)).toMatchObject({ refusal: expect.any(String), wait: null });
    expect(adopt(newRelease(execution, at(0)))).toMatchObject({ refusal: expect.any(String), wait: null });
  });

  test('may have begun what comes after a rehearsal that has ended', () => {
    expect(adopt({ ...registered(), timings: visit('Open', 'Rehearse') })).toMatchObject({ refusal: null });
    const migrating = { ...registered(), timings: visit('Open', 'Rehearse', 'Snapshot') };
    const snapshot = { id: 's', startedAt: at(0), available: true, reason: '' };
    const changes = { ...migrating, snapshot, schema: { ...migrating.schema, changes: true } };
    expect(adopt(changes).failures).toHaveProperty('Migrate');
    expect(adopt({ ...migrating, snapshot }).failures).not.toHaveProperty('Migrate');
  });

  test('has not begun to migrate before its snapshot is there, and nobody is told to restore one', () => {
    const rehearsed = { ...registered(), timings: visit('Open', 'Rehearse') };
    const changes = { ...rehearsed, schema: { ...rehearsed.schema, changes: true } };
    const snapshot = { id: 's', startedAt: at(0), available: false, reason: '' };
    expect(adopt(changes).failures).not.toHaveProperty('Migrate');
    expect(adopt({ ...changes, snapshot }).failures).not.toHaveProperty('Migrate');
  });

  test('is closed when it had been refused, promoted, or closed already', () => {
    const promotion = { startedAt: at(0), continued: true, done: true, reason: '' };
    const timings = visit('Open', 'Shift', 'Promote');
    expect(adopt({ ...shifted(), timings, promotion })).toMatchObject({ wait: null, refusal: expect.any(String) });
    expect(adopt({ ...shifted(), timings, outcome: 'rolled-back' })).toMatchObject({ wait: null });
    expect(adopt({ ...registered(), timings: visit('Rehearse'), refusal: 'No.' })).toMatchObject({
      refusal: 'No.',
      wait: null,
    });
  });

  test('is adopted the same way when the adoption itself is run again', () => {
    const once = adopt({ ...shifted(), timings: visit('Open', 'Shift', 'Observe') });
    expect(adopt(once)).toEqual(once);
  });
});

describe('the line of an execution', () => {
  const inputs: Record<string, string> = {
    'arn:release': '{"service":"trucks"}',
    'arn:first': '{"recover":{"execution":"arn:release","status":"ABORTED"}}',
    'arn:second': '{"recover":{"execution":"arn:first","status":"FAILED"}}',
  };
  const inputOf = async (arn: string): Promise<string | null> => inputs[arn] ?? null;

  test('leads over its recoveries back to the release, and counts them', async () => {
    expect(await lineOf('arn:second', inputOf, 3)).toEqual({
      executions: ['arn:second', 'arn:first', 'arn:release'],
      recoveries: 2,
      service: 'trucks',
    });
  });

  test('ends where an input is forgotten, or no request at all', async () => {
    expect(await lineOf('arn:forgotten', inputOf, 3)).toMatchObject({ recoveries: 0, service: null });
    expect(await lineOf('arn:x', async () => 'no JSON', 3)).toMatchObject({ service: null });
  });

  test('is not followed for ever', async () => {
    const circle = '{"recover":{"execution":"arn:circle","status":"ABORTED"}}';
    expect((await lineOf('arn:circle', async () => circle, 3)).executions.length).toBeLessThan(10);
  });
});
