import { setTimeout as sleep } from 'node:timers/promises';
import { main } from '../cli/main.ts';

const { stdout, stderr } = process;
const interrupted = new AbortController();
// npm passes a press of Ctrl-C on, and the terminal sends it to us as well: once is enough.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
// `release history | head`: whoever reads has read enough.
stdout.on('error', () => process.exit(0));

process.exitCode = await main(process.argv.slice(2), {
  stdout: {
    write: (text) => stdout.write(text),
    isTTY: stdout.isTTY,
    get columns() {
      return stdout.columns || 80;
    },
    get rows() {
      return stdout.rows || 24;
    },
  },
  stderr: { write: (text) => stderr.write(text) },
  env: process.env,
  now: () => Date.now(),
  sleep: (ms) => sleep(ms, undefined, { signal: interrupted.signal }).catch(() => undefined),
  interrupted: interrupted.signal,
});
