import type { DatabaseService } from '@backstage/backend-plugin-api';

const ANSWER_WITHIN_MS = 10_000;

/**
 * Seconds for which the most overdue entity has been waiting to be processed; 0 when none is.
 *
 * The catalog takes whatever `refresh_state.next_update_at` says is due, oldest first, and moves the date on as it
 * takes it. The database tells the time, as it does when the catalog takes: no task's clock has a say.
 */
export async function catalogLag(database: Pick<DatabaseService, 'getClient'>): Promise<number> {
  const client = await database.getClient();
  const [row] = await client('refresh_state')
    .select({ lag: client.raw('extract(epoch from now() - min(next_update_at))::float8') })
    .timeout(ANSWER_WITHIN_MS);
  return Math.max(0, Number(row?.lag ?? 0));
}
