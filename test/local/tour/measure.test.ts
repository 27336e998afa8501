import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from '@jest/globals';
import type { Look } from '../../../lambda/domain/observation.ts';
import { newRelease, type Release } from '../../../lambda/domain/release.ts';
import { detectionOf, executionOf, exposureOf, isFinal, statesOf } from '../../../local/tour/measure.ts';

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

describe('exposure', () => {
  const shares = [
    { at: start, bluePercent: 100 },
    { at: start + 10_000, bluePercent: 90 },
    { at: start + 20_000, bluePercent: 0 },
  ];
  const moments = Array.from({ length: 30 }, (_, second) => ({ at: start + second * 1000, failed: second >= 15 }));

  test('is the new version’s share of the requests until the decision, and how many of them failed', () => {
    expect(exposureOf(moments, shares, at(17))).toEqual({ failed: 3, share: 0.8 });
  });

  test('without a decision counts to the end', () => {
    expect(exposureOf(moments, shares, null)).toEqual({ failed: 15, share: 11 });
  });
});

describe("the ledger's entry", () => {
  const opened = newRelease({ id: 'arn', name: 'good-2' }, at(0));
  const released: Release = {
    ...opened,
    image: { digest: 'sha256:green', uri: 'repository@sha256:green' },
    blue: {
      taskDefinition: 'blue:2',
      targetGroup: 'a',
      digest: 'sha256:blue',
      bootstrap: false,
      sequence: 1,
      version: '1',
      shapePending: false,
    },
    outcome: 'released',
    closedAt: at(90),
  };
  const rolledBack: Release = { ...released, outcome: 'rolled-back' };

  test('is final and true when it is what the execution gave back, and tells what serves', () => {
    expect(isFinal(released, released, 'sha256:green')).toBe(true);
    expect(isFinal(rolledBack, rolledBack, 'sha256:blue')).toBe(true);
  });

  test.each<[string, Release | null, Release | null, string]>([
    ['there is none', null, released, 'sha256:green'],
    [
      'the release is still open in it',
      { ...released, closedAt: null },
      { ...released, closedAt: null },
      'sha256:green',
    ],
    ['it has no outcome', { ...released, outcome: null }, { ...released, outcome: null }, 'sha256:green'],
    ['the execution gave nothing back', released, null, 'sha256:green'],
    ['the execution said something else', released, { ...released, reason: 'else' }, 'sha256:green'],
    ['it says released, and the old version serves', released, released, 'sha256:blue'],
    ['it says rolled back, and the new version serves', rolledBack, rolledBack, 'sha256:green'],
  ])('is not when %s', (_, entry, output, live) => {
    expect(isFinal(entry, output, live)).toBe(false);
  });
});
