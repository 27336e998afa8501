import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Also these exit codes are fine; default 0 alone. */
  readonly codes?: readonly number[];
}

/** @returns standard output @throws with the end of standard error when the program fails */
export function run(program: string, parameters: readonly string[], options: RunOptions = {}): Promise<string> {
  const { cwd, env = process.env, codes = [0] } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { ...(cwd ? { cwd } : {}), env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [told, complaint] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = `${complaint}${chunk.toString()}`.slice(-4000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (codes.includes(code ?? -1)) resolve(told);
      else reject(new Error(`${program} ${parameters.slice(0, 3).join(' ')} ended with ${code}:\n${complaint.trim()}`));
    });
  });
}
