import type { Backend } from '@backstage/backend-app-api';

/**
 * Ends the process when the backend cannot start: left alone it would live on, answer liveness with 200, and never
 * be replaced.
 */
export async function startOrExit(backend: Backend): Promise<void> {
  try {
    await backend.start();
  } catch (error) {
    console.error('The backend failed to start:', error);
    process.exit(1);
  }
}
