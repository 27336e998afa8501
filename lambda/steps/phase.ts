import { putPhase } from '../aws/notifications.ts';
import type { Release } from '../domain/release.ts';

/**
 * Tells on the bus that the release has entered another state, and says nothing while it stays in one. A retry tells it
 * again, with the same content. No release fails, or waits for long, because an event cannot be put.
 * @returns why nothing could be told; null when it was, or when there was nothing to tell
 */
export async function announce(release: Release, state: Release['state']): Promise<string | null> {
  if (release.state.name === state.name) return null;
  try {
    await putPhase({ ...release, state });
    return null;
  } catch (error) {
    return `Nobody was told that the release is in ${state.name}: ${String(error)}`;
  }
}
