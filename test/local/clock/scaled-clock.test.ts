import { describe, expect, test } from '@jest/globals';
import { ScaledClock } from '../../../local/clock/scaled-clock.ts';

const real = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('ScaledClock', () => {
  test('runs the workflow’s waits faster, never early, and leaves process time alone', async () => {
    const clock = new ScaledClock(100, 0);
    const begun = performance.now();
    let waited = 0;
    await Promise.all([
      new Promise<void>((resolve) => {
        clock.after(5000, () => {
          waited = clock.now();
          resolve();
        });
      }),
      new Promise<void>((resolve) => {
        clock.afterReal(60, resolve);
      }),
    ]);
    expect(waited).toBeGreaterThanOrEqual(5000);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(60);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  test('waits for longer than setTimeout can', async () => {
    const clock = new ScaledClock(1);
    let fired = false;
    clock.after(2 ** 31 + 1000, () => {
      fired = true;
    });
    await real(10);
    clock.close();
    expect(fired).toBe(false);
  });

  test('fires nothing after it was closed', async () => {
    const clock = new ScaledClock(1);
    let fired = false;
    clock.after(5, () => {
      fired = true;
    });
    clock.close();
    await real(20);
    expect(fired).toBe(false);
  });

  test('refuses a speed that would stop time', () => {
    expect(() => new ScaledClock(0)).toThrow('greater than 0, not 0');
  });
});
