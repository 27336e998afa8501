import { setTimeout as sleep } from 'node:timers/promises';

/** How much of the time the server may have to work for a copy; for the rest it has nobody but its users. */
const SHARE = 0.5;

/**
 * Does one piece of work after the other, and rests after each as long as its share asks for: the longer it took,
 * because the server is small or has much to do, the longer the rest.
 */
export async function atEase<Piece>(pieces: readonly Piece[], work: (piece: Piece) => Promise<void>): Promise<void> {
  for (const piece of pieces) {
    const startedAt = performance.now();
    await work(piece);
    const busyMs = performance.now() - startedAt;
    await sleep(busyMs * (1 / SHARE - 1));
  }
}
