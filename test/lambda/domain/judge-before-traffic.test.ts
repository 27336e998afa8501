import { describe, expect, test } from '@jest/globals';
import { countBeforeTraffic, judgeBeforeTraffic } from '../../../lambda/domain/judge-before-traffic.ts';
import { answered, evidenceWith, noObservation, withLook } from '../../../lambda/domain/observation.ts';
import { look, report, sample } from './samples.ts';

const quiet = [{ name: 'errors', state: 'OK' as const, targetGroup: null }];
const good = report(sample('green', 6, 0), sample('test', 3, 0));

function judge(
  rounds: number,
  failed: number,
  now = good,
  alarms: Parameters<typeof judgeBeforeTraffic>[0]['alarms'] = quiet,
) {
  const observation = withLook(noObservation, look([10, failed], [0, 0], 'judging'));
  const evidence = evidenceWith(observation, answered(now));
  return judgeBeforeTraffic({ so: { rounds, reasons: [] }, report: now, evidence, alarms, rounds: 3 });
}

describe('green on the test listener', () => {
  test('is let pass when it has answered the agreed rounds', () => {
    expect(judge(2, 0).verdict).toBe('pass');
  });

  test('is not let pass a round too early', () => {
    expect(judge(1, 0).verdict).toBe('inconclusive');
  });

  test('survives two failed requests, which may be chance', () => {
    expect(judge(2, 1, report(sample('green', 5, 1), sample('test', 3, 0))).verdict).toBe('pass');
  });

  test('fails with the third failed request, though all rounds are done, and says what failed', () => {
    const verdict = judge(2, 2, report(sample('green', 5, 1), sample('test', 3, 0)));
    expect(verdict.verdict).toBe('fail');
    expect(verdict.reasons.join()).toContain('list: status 500 instead of 200');
  });

  test('fails when its tasks answer and the test listener does not lead to them', () => {
    expect(judge(0, 0, report(sample('green', 6, 0), sample('test', 0, 3))).verdict).toBe('fail');
  });

  test('fails on an alarm, however well it answers', () => {
    expect(judge(2, 0, good, [{ name: 'errors', state: 'ALARM', targetGroup: null }])).toEqual({
      verdict: 'fail',
      reasons: ['Alarm in ALARM: errors.'],
    });
  });
});

describe('a look without data', () => {
  test.each([
    ['about green', report(sample('test', 3, 0))],
    ['about the path', report(sample('green', 6, 0))],
    ['at all', report()],
  ])('%s is neither a pass nor a fail, whatever was seen before', (_, empty) => {
    expect(judge(3, 0, empty).verdict).toBe('inconclusive');
  });

  test('counts no round', () => {
    const so = { rounds: 2, reasons: [] };
    expect(countBeforeTraffic({ so, report: report() })).toEqual(so);
  });
});
