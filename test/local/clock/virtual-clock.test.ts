import { describe, expect, test } from '@jest/globals';
import { sleep, stageGlobals } from '../../../local/clock/timers.ts';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';

const hour = 3_600_000;

describe('VirtualClock', () => {
  test('jumps from event to event, and fires those of one instant in the order of scheduling', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    for (const [name, ms] of [
      ['late', 48 * hour],
      ['first', 10],
      ['second', 10],
    ] as const) {
      clock.after(ms, () => {
        seen.push(`${name}@${clock.now()}`);
      });
    }
    await clock.run(() => seen.length === 3);
    expect(seen).toEqual(['first@10', 'second@10', `late@${48 * hour}`]);
  });

  test('stands still while work is held, and advances once it is released', async () => {
    const clock = new VirtualClock(0);
    const release = clock.hold();
    let fired = false;
    clock.after(1, () => {
      fired = true;
    });
    const run = clock.run(() => fired);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect({ fired, now: clock.now() }).toEqual({ fired: false, now: 0 });
    release();
    release();
    await run;
    expect(fired).toBe(true);
  });

  test('lets chains of promises settle before time moves on', async () => {
    const clock = new VirtualClock(0);
    const times: number[] = [];
    const walk = async (): Promise<void> => {
      for (let step = 0; step < 5; step += 1) {
        await sleep(clock, 1000);
        await Promise.resolve();
        times.push(clock.now());
      }
    };
    clock.after(2500, () => {
      times.push(-1);
    });
    const done = walk();
    await clock.run(() => times.length === 6);
    await done;
    expect(times).toEqual([1000, 2000, -1, 3000, 4000, 5000]);
  });

  test('does not fire a cancelled event, and stops where it was told to', async () => {
    const clock = new VirtualClock(0);
    let fired = 0;
    const timer = clock.after(5, () => {
      fired += 1;
    });
    clock.afterReal(20, () => {
      fired += 1;
    });
    timer.cancel();
    timer.cancel();
    await clock.advance(10);
    expect({ fired, now: clock.now() }).toEqual({ fired: 0, now: 10 });
    await clock.advance(10);
    expect(fired).toBe(1);
  });

  test('says so when what is awaited can no longer happen, or takes longer than allowed', async () => {
    const clock = new VirtualClock(0);
    await expect(clock.run(() => false)).rejects.toThrow('Nothing is left to happen at 1970-01-01T00:00:00.000Z');
    clock.after(100, () => undefined);
    await expect(clock.run(() => false, 50)).rejects.toThrow('50 ms of stage time passed');
  });

  test('raises what an action has thrown', async () => {
    const clock = new VirtualClock(0);
    clock.after(1, async () => {
      await Promise.resolve();
      throw new Error('the model is broken');
    });
    await expect(clock.run(() => false)).rejects.toThrow('the model is broken');
  });

  test('is run by one at a time', async () => {
    const clock = new VirtualClock(0);
    const first = clock.advance(10);
    await expect(clock.run(() => true)).rejects.toThrow('running already');
    await first;
    await clock.run(() => true);
  });

  test('fires a hundred thousand events within a second', async () => {
    const clock = new VirtualClock(0);
    let left = 100_000;
    const tick = (): void => {
      left -= 1;
      if (left > 0) clock.after(60_000, tick);
    };
    clock.after(0, tick);
    const started = performance.now();
    await clock.run(() => left === 0, Number.POSITIVE_INFINITY);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('stageGlobals', () => {
  test('gives timers and dates in stage time', async () => {
    const clock = new VirtualClock(Date.parse('2026-03-01T00:00:00Z'));
    const { setTimeout: after, clearTimeout: cancel, Date: StageDate } = stageGlobals(clock);
    let at = '';
    cancel(after(() => undefined, 1));
    after(() => {
      at = new StageDate().toISOString();
    }, 90_000);
    await clock.run(() => at !== '');
    expect(at).toBe('2026-03-01T00:01:30.000Z');
    expect(StageDate.now()).toBe(clock.now());
    expect(new StageDate('2020-01-01T00:00:00Z').getTime()).toBe(Date.parse('2020-01-01T00:00:00Z'));
  });
});
