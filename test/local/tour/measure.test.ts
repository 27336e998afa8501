import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from '@jest/globals';
import type { Look } from '../../../lambda/domain/observation.ts';
import { newRelease, type Release } from '../../../lambda/domain/release.ts';
import { detectionOf, executionOf, statesOf } from '../../../local/tour/measure.ts';

const start = Date.parse('2026-11-21T00:00:00.000Z');
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();

function entered(type: 'Task' | 'Choice' | 'Wait', name: string, seconds: number): HistoryEvent {
  return {
    id: 0,
    type: `${type}StateEntered`,
    timestamp: new Date(start + seconds * 1000),
    stateEnteredEventDetails: { name },
  };
}

describe('the states of an execution', () => {
  const events: HistoryEvent[] = [
    entered('Task', 'Open', 0),
    entered('Task', 'Shift', 2),
    entered('Task', 'Observe', 3),
    { id: 0, type: 'TaskStarted', timestamp: new Date(start + 3000) },
    entered('Choice', 'Judged?', 4),
    entered('Wait', 'Wait', 4),
    entered('Task', 'Observe', 19),
    entered('Task', 'Retreat', 20),
    { id: 0, type: 'TaskStarted', timestamp: new Date(start + 20_000) },
    { id: 0, type: 'ExecutionSucceeded', timestamp: new Date(start + 21_500) },
  ];

  test('are told as stays: waits between two looks belong to one', () => {
    expect(statesOf(events)).toEqual([
      { name: 'Open', at: at(0), seconds: 2 },
      { name: 'Shift', at: at(2), seconds: 1 },
      { name: 'Observe', at: at(3), seconds: 17 },
      { name: 'Retreat', at: at(20), seconds: 1.5 },
    ]);
  });

  test('come with the number of events and of invocations', () => {
    expect(executionOf(events)).toEqual({ historyEvents: 10, lambdaInvocations: 2 });
  });
});

describe('detection', () => {
  const opened = newRelease({ id: 'arn', name: 'late-2' }, at(0));
  const failed: Release = { ...opened, decision: { at: at(60), verdict: 'fail', reasons: [] } };
  const shares = [
    { at: start, bluePercent: 100 },
    { at: start + 40_000, bluePercent: 90 },
    { at: start + 65_000, bluePercent: 100 },
  ];

  test('is nothing where nothing was bad', () => {
    expect(detectionOf(opened, [], null, shares)).toEqual({ firstBadAt: null, decidedAt: null, restoredAt: null });
  });

  test("goes from users' first bad answer over the decision to the moment when the old version had everybody", () => {
    expect(detectionOf(failed, [], start + 45_000, shares)).toEqual({
      firstBadAt: at(45),
      decidedAt: at(60),
      restoredAt: at(65),
    });
  });

  test('begins with what the prober saw, when that was first', () => {
    const look: Look = {
      at: at(42),
      phase: 'shifting',
      greenPercent: 10,
      green: { ok: 1, failed: 2 },
      blue: { ok: 3, failed: 0 },
      verdict: 'fail',
      reasons: [],
    };
    const release: Release = { ...failed, observation: { ...failed.observation, recent: [look] } };
    expect(detectionOf(release, [], start + 45_000, shares).firstBadAt).toBe(at(42));
  });

  test('is mended at once where no user had been moved', () => {
    expect(detectionOf(failed, [], null, shares.slice(0, 1))).toEqual({
      firstBadAt: at(60),
      decidedAt: at(60),
      restoredAt: at(60),
    });
  });

  test('is not mended as long as somebody may still meet the new version', () => {
    expect(detectionOf(failed, [], null, shares.slice(0, 2)).restoredAt).toBeNull();
  });

  test('falls with the retreat when a state failed before anybody judged', () => {
    const states = [{ name: 'Retreat', at: at(30), seconds: 2 }];
    expect(detectionOf(opened, states, null, shares).decidedAt).toBe(at(30));
  });
});
