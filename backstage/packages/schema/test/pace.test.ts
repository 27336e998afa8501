import { setTimeout as sleep } from 'node:timers/promises';
import { atEase } from '../src/copy/pace';

describe('work at ease', () => {
  it('is done piece by piece, with a rest after each that is as long as it took', async () => {
    const log: string[] = [];
    const startedAt = performance.now();
    let busyMs = 0;
    await atEase(['a', 'b'], async (piece) => {
      const from = performance.now();
      log.push(`${piece} begins`);
      await sleep(20);
      log.push(`${piece} ends`);
      busyMs += performance.now() - from;
    });
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    // Timers fire up to a millisecond early.
    expect(performance.now() - startedAt).toBeGreaterThan(2 * busyMs - 4);
  });

  it('ends with the piece that fails', async () => {
    const done: number[] = [];
    const work = atEase([1, 2, 3], async (piece) => {
      if (piece === 2) throw new Error('no space left');
      done.push(piece);
    });
    await expect(work).rejects.toThrow('no space left');
    expect(done).toEqual([1]);
  });
});
