import { readSignal } from '../aws/signals.ts';
import { cancelledText, whenCancelled } from '../domain/cancellation.ts';
import { type OpenedRelease, openedReleaseSchema, type Release } from '../domain/release.ts';
import { environment } from './environment.ts';

/** Somebody has cancelled the release after it may have changed something: Catch leads to the way back. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

interface Heeded {
  /** The state's input, with the cancellation recorded in it. */
  readonly document: unknown;
  /** The same, when it is an opened release in a state between the first and the last. */
  readonly opened: OpenedRelease | null;
  /** In place of the state's work: the release as it is refused. */
  readonly refused: Release | null;
}

/**
 * Looks, before a state's work, whether the release has been cancelled, so that every state that waits
 * notices within one poll. A document that is not of an opened release is left alone.
 * @throws Cancelled when the release has to go back
 */
export async function heedCancel(state: string, input: unknown): Promise<Heeded> {
  const parsed = openedReleaseSchema.safeParse(input);
  if (!parsed.success || state === 'Close' || state === 'Open') return { document: input, opened: null, refused: null };
  const release = parsed.data;
  const cancelled = release.cancelled ?? (await readSignal(environment('LEDGER_TABLE'), release.id, 'CANCEL'));
  const document: OpenedRelease = { ...release, cancelled };
  const way = cancelled === null ? 'go-on' : whenCancelled(state, document);
  if (cancelled === null || way === 'go-on') return { document, opened: document, refused: null };
  const text = cancelledText(cancelled);
  if (way === 'retreat') throw new Cancelled(text);
  return { document, opened: document, refused: { ...document, refusal: `${text} Nothing was changed.` } };
}
