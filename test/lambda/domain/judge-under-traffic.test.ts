import { describe, expect, test } from '@jest/globals';
import { judgeUnderTraffic, type UnderTraffic } from '../../../lambda/domain/judge-under-traffic.ts';
import { answered, evidenceWith, type Look, noObservation, withLook } from '../../../lambda/domain/observation.ts';
import { at, look, report, sample } from './samples.ts';

const good = report(sample('green', 5, 0), sample('blue', 5, 0), sample('production', 5, 0));
const none = { requests: 0, errors: 0 };

function judge({ earlier = [], ...change }: Partial<UnderTraffic> & { earlier?: readonly Look[] }) {
  const now = change.report ?? good;
  const observation = earlier.reduce(withLook, noObservation);
  return judgeUnderTraffic({
    report: good,
    evidence: evidenceWith(observation, answered(now)),
    alarms: [{ name: 'errors', state: 'OK', targetGroup: null }],
    traffic: { blue: none, green: none },
    tasks: { lost: null, utilization: null },
    since: at(30),
    now: at(60),
    canary: null,
    slo: { availability: 0.999 },
    errorBudget: null,
    baked: false,
    ...change,
  });
}

describe('while the bake lasts', () => {
  test('a good look decides nothing', () => expect(judge({}).verdict).toBe('inconclusive'));

  test('its end passes a green that answers', () => expect(judge({ baked: true }).verdict).toBe('pass'));

  test.each([
    ['green', report(sample('blue', 5, 0), sample('production', 5, 0))],
    ['the path that users take', report(sample('green', 5, 0), sample('blue', 5, 0))],
  ])('its end does not pass without data about %s', (_, empty) => {
    expect(judge({ baked: true, report: empty }).verdict).toBe('inconclusive');
  });

  test('its end does not pass on a look with a failed request', () => {
    const flaw = report(sample('green', 4, 1), sample('blue', 5, 0), sample('production', 5, 0));
    expect(judge({ baked: true, report: flaw }).verdict).toBe('inconclusive');
  });

  test('its end does not pass while an alarm that should watch is missing', () => {
    expect(judge({ baked: true, alarms: [{ name: 'errors', state: null, targetGroup: null }] })).toEqual({
      verdict: 'inconclusive',
      reasons: ['CloudWatch knows no alarm errors.'],
    });
  });

  test('an alarm without data does not hold it up', () => {
    expect(
      judge({ baked: true, alarms: [{ name: 'errors', state: 'INSUFFICIENT_DATA', targetGroup: null }] }).verdict,
    ).toBe('pass');
  });
});

describe('failing probes', () => {
  const failing = report(sample('green', 2, 3), sample('blue', 5, 0), sample('production', 5, 0));

  test('three of green while blue is fine fail it', () => expect(judge({ report: failing }).verdict).toBe('fail'));

  test('are added up over looks', () => {
    const one = report(sample('green', 4, 1), sample('blue', 5, 0), sample('production', 5, 0));
    expect(judge({ report: one, earlier: [look([4, 1], [5, 0]), look([4, 1], [5, 0])] }).verdict).toBe('fail');
  });

  test('that lie far back weigh less', () => {
    const one = report(sample('green', 4, 1), sample('blue', 5, 0), sample('production', 5, 0));
    const earlier = [look([3, 2], [5, 0]), look([200, 0], [200, 0])];
    expect(judge({ report: one, earlier }).verdict).toBe('inconclusive');
  });

  test('that begin after days of good answers fail it at once when it answers nothing else', () => {
    const down = report(sample('green', 0, 5), sample('blue', 5, 0), sample('production', 4, 1));
    expect(judge({ report: down, earlier: [look([20_000, 20], [20_000, 20])] }).verdict).toBe('fail');
  });

  test('of both colours alike tell nothing about the release', () => {
    const both = report(sample('green', 2, 3), sample('blue', 2, 3), sample('production', 2, 3));
    expect(judge({ report: both, baked: true })).toEqual({
      verdict: 'inconclusive',
      reasons: [expect.stringContaining('Blue fails as well: the cause may not be the release.')],
    });
  });

  test('of blue alone are no reason to go back to it', () => {
    expect(
      judge({ report: report(sample('green', 5, 0), sample('blue', 0, 5), sample('production', 5, 0)) }).verdict,
    ).toBe('inconclusive');
  });
});

const traffic = (green: [number, number], blue: [number, number] = [900, 0]) => ({
  green: { requests: green[0], errors: green[1] },
  blue: { requests: blue[0], errors: blue[1] },
});

describe("users' requests", () => {
  test('that green answers with errors fail it, though its probes are fine', () => {
    expect(judge({ traffic: traffic([100, 20]) })).toEqual({
      verdict: 'fail',
      reasons: ["Green answered 20 of 100 users' requests with an error."],
    });
  });

  test('a handful of errors among thousands does not', () => {
    expect(judge({ traffic: traffic([10_000, 5]) }).verdict).toBe('inconclusive');
  });

  test('two errors may be chance', () => expect(judge({ traffic: traffic([10, 2]) }).verdict).toBe('inconclusive'));

  test('errors that blue answers with as often are not the release', () => {
    expect(judge({ traffic: traffic([100, 10], [900, 90]) }).verdict).toBe('inconclusive');
  });
});

test('an alarm fails green, also at the end of the bake', () => {
  expect(judge({ baked: true, alarms: [{ name: 'latency', state: 'ALARM', targetGroup: null }] }).verdict).toBe('fail');
});

describe('the end of the canary', () => {
  test('fails a green that was judged by too few requests, with their number', () => {
    expect(judge({ canary: { judged: 19, minimum: 20 } })).toEqual({
      verdict: 'fail',
      reasons: ['The canary ended with 19 judged requests; the policy asks for 20.'],
    });
    expect(judge({ canary: { judged: 20, minimum: 20 } }).verdict).toBe('inconclusive');
  });
});

describe("green's tasks", () => {
  test('that it loses fail it', () => {
    const lost = 'A task of green ran out of memory: OutOfMemoryError.';
    expect(judge({ tasks: { lost, utilization: null } })).toEqual({ verdict: 'fail', reasons: [lost] });
  });

  test('of which nobody tells CPU and memory hold the end of the bake up, and nothing before', () => {
    const untold = { cpu: [], memory: [], highestMemory: [] };
    const tasks = { lost: null, utilization: { green: untold, blue: untold } };
    expect(judge({ tasks }).reasons).toEqual(['Nothing speaks against green so far.']);
    expect(judge({ tasks, baked: true })).toEqual({
      verdict: 'inconclusive',
      reasons: [expect.stringContaining('CloudWatch has told no CPU and memory of green’s tasks for ten minutes')],
    });
  });
});
