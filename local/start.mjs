import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from '../scripts/setup/all.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** @param {string[]} parameters of the tour's command line */
export async function start(parameters) {
  const talksOnly = parameters.some((parameter) => ['--help', '-h', '--list'].includes(parameter));
  await setUp({ backstage: !talksOnly });

  const bin = join(root, 'node_modules', '.bin');
  const child = spawn(join(bin, 'node'), [join(root, 'local/tour/cli.ts'), ...parameters], {
    // The channel tells the tour that we are gone, should somebody kill us.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: [bin, process.env.PATH].join(process.platform === 'win32' ? ';' : ':') },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(`The tour could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
