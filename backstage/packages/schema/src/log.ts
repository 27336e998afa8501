import type { LoggerService } from '@backstage/backend-plugin-api';

/** For people; machines read standard output. */
export function log(message: string): void {
  process.stderr.write(`${message}\n`);
}

export const silentLogger: LoggerService = {
  error: log,
  warn: log,
  info() {},
  debug() {},
  child: () => silentLogger,
};
