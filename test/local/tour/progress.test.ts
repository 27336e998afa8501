import { describe, expect, test } from '@jest/globals';
import { Progress, type View } from '../../../local/tour/progress.ts';

const view: View = {
  state: 'Observe',
  bluePercent: 90,
  requests: { total: 118, failed: 0, onGreen: 12, failedOnBlue: 0, failedOnGreen: 0 },
  alarms: [],
  seconds: 72.4,
};

function record(isTerminal: boolean) {
  const written: string[] = [];
  const progress = new Progress({ write: (text) => written.push(text), isTerminal, columns: 100 });
  progress.begin();
  return { progress, written };
}

describe('progress', () => {
  test('without a terminal is a plain line for each change, and none between', () => {
    const { progress, written } = record(false);
    progress.show(view);
    progress.show({ ...view, seconds: 73, requests: { ...view.requests, total: 130 } });
    progress.show({ ...view, state: 'Retreat' });
    progress.show({ ...view, state: 'Retreat', bluePercent: 100 });
    progress.show({ ...view, state: 'Retreat', bluePercent: 100, alarms: ['backstage-b-5xx'] });
    expect(written).toHaveLength(4);
    expect(written[0]).toBe('  01:12  Observe    old  90 %  new  10 %  118 requests, 0 failed, 12 on new\n');
    expect(written[3]).toContain('alarms: backstage-b-5xx');
    expect(written.join('')).not.toContain('\u001B');
  });

  test('tells the first failure at once', () => {
    const { progress, written } = record(false);
    progress.show(view);
    progress.show({ ...view, requests: { ...view.requests, failed: 1 } });
    progress.show({ ...view, requests: { ...view.requests, failed: 2 } });
    expect(written).toHaveLength(2);
  });

  test('on a terminal keeps one line alive, which never wraps, and clears it before a line that stays', () => {
    const { progress, written } = record(true);
    progress.show(view);
    progress.show({ ...view, seconds: 75 });
    const living = (written.at(-1) ?? '').replace('\r\u001B[2K', '');
    expect(living).toContain('old ███████████░ new');
    expect(living).toContain('01:15');
    expect(living.length).toBeLessThan(100);
    progress.say('done');
    expect(written.at(-1)).toBe('\r\u001B[2Kdone\n');
  });
});
