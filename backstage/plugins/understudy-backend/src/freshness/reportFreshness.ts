import type { LoggerService } from '@backstage/backend-plugin-api';

export interface FreshnessOptions {
  readonly logger: Pick<LoggerService, 'info' | 'warn'>;
  /** Seconds by which background work is behind. */
  readonly lag: () => Promise<number>;
  readonly everyMs?: number;
}

const MINUTE_MS = 60_000;

/**
 * Logs at once, and then every minute, how fresh the service's data is. Understudy's metric filter reads `event` and
 * `lagSeconds`. What goes wrong is a warning and no number: a minute without one counts as not fresh.
 *
 * @returns what ends it
 */
export function reportFreshness({ logger, lag, everyMs = MINUTE_MS }: FreshnessOptions): () => void {
  let asking = false;
  const report = async () => {
    if (asking) return;
    asking = true;
    try {
      const lagSeconds = Math.round((await lag()) * 10) / 10;
      logger.info('How far processing is behind', { event: 'freshness', lagSeconds });
    } catch (error) {
      logger.warn(`Cannot tell how far processing is behind: ${error instanceof Error ? error.message : error}`);
    } finally {
      asking = false;
    }
  };
  void report();
  const timer = setInterval(report, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
