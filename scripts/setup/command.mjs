import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';

const kept = 40;

/**
 * Runs a command that takes long: tells every few seconds that it still runs, and shows the end of its
 * output only when it fails.
 * @param {string} what in words, for the person who waits
 * @param {string[]} command
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, log?: (line: string) => void, everyMs?: number }} options
 * @returns {Promise<void>}
 * @throws {Error} with the exit status and the end of the output
 */
export function run(what, [program, ...parameters], { cwd, env = process.env, log = console.error, everyMs = 10_000 }) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  log(`${what} …`);
  const still = setInterval(() => log(`${what}: ${seconds()} s …`), everyMs);
  return new Promise((resolve, reject) => {
    const lines = [];
    let unfinished = '';
    const keep = (chunk) => {
      const parts = (unfinished + chunk).split(/\r?\n/);
      unfinished = parts.pop() ?? '';
      lines.push(...parts);
      lines.splice(0, lines.length - kept);
    };
    const child = spawn(program, parameters, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.once('error', (error) => {
      clearInterval(still);
      reject(new Error(`${what}: ${program} could not be started: ${error.message}`));
    });
    child.once('close', (status, signal) => {
      clearInterval(still);
      if (status === 0) {
        log(`${what}: done in ${seconds()} s`);
        resolve();
        return;
      }
      const output = [...lines, unfinished].filter((line) => line.trim() !== '');
      const end = output.length > 0 ? `The end of its output:\n\n${output.join('\n')}` : 'It said nothing.';
      reject(
        new Error(
          `${what} failed: "${[program, ...parameters].join(' ')}" in ${cwd} ended with ` +
            `${signal ? `signal ${signal}` : `status ${status}`}. ${end}`,
        ),
      );
    });
  });
}

/**
 * The environment of an npm of its own: `npm run` hands down settings of the package it runs in, and puts
 * that package's programs, which an install replaces, before the machine's.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutOuterNpm(env = process.env) {
  const inner = Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^npm_(package|lifecycle|command|execpath|config_local_prefix)/i.test(name),
    ),
  );
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => !/[\\/]node_modules[\\/]/.test(`${folder}/`));
  return { ...inner, PATH: path.join(delimiter) };
}
