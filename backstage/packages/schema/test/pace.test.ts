import { setTimeout as sleep } from 'node:timers/promises';
import { Pace } from '../src/copy/pace';

const busy = new Pace(() => Promise.resolve(Math.round(performance.now())));

describe('work at ease', () => {
  it('is done piece by piece, with a rest after each that is longer than it took', async () => {
    const log: string[] = [];
    const startedAt = performance.now();
    let busyMs = 0;
    await busy.atEase(['a', 'b'], async (piece) => {
      const from = performance.now();
      log.push(`${piece} begins`);
      await sleep(20);
      log.push(`${piece} ends`);
      busyMs += performance.now() - from;
    });
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(performance.now() - startedAt).toBeGreaterThan(2 * busyMs);
  });

  it('takes no rest once nobody else is seen to use the server', async () => {
    const quiet = new Pace(() => Promise.resolve(42));
    await quiet.atEase(['until it has looked'], () => sleep(1010));
    const startedAt = performance.now();
    await quiet.atEase(['a', 'b'], () => sleep(100));
    expect(performance.now() - startedAt).toBeLessThan(350);
  });

  it('ends with the piece that fails', async () => {
    const done: number[] = [];
    const work = busy.atEase([1, 2, 3], async (piece) => {
      if (piece === 2) throw new Error('no space left');
      done.push(piece);
    });
    await expect(work).rejects.toThrow('no space left');
    expect(done).toEqual([1]);
  });
});
