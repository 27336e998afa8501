import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../local/compute/free-port.ts';
import type { Guardian } from '../../local/compute/guardian.ts';

const bootMs = 60_000;

/** A catalog that was filled by hand keeps its entities, and is not indexed anew while users are measured. */
const asItIs = {
  APP_CONFIG_catalog_orphanStrategy: 'keep',
  APP_CONFIG_catalog_orphanProviderStrategy: 'keep',
  APP_CONFIG_search_collators_catalog_schedule: JSON.stringify({
    initialDelay: { hours: 1 },
    frequency: { hours: 1 },
    timeout: { minutes: 15 },
  }),
};

/** The task of Backstage that users ask, with the configuration that it has in production. */
export class Backstage {
  readonly #url: string;
  readonly #token: string;
  readonly stop: () => Promise<void>;

  private constructor(url: string, token: string, stop: () => Promise<void>) {
    this.#url = url;
    this.#token = token;
    this.stop = stop;
  }

  /** @param env where its databases are */
  static async start(folder: string, env: NodeJS.ProcessEnv, guardian: Guardian): Promise<Backstage> {
    const [port, token] = [await freePort(), randomBytes(16).toString('hex')];
    const parameters = ['--require', '@backstage/cli-node/config/nodeTransform.cjs', 'packages/backend/src/index.ts'];
    const configs = ['--config', 'app-config.yaml', '--config', 'app-config.production.yaml'];
    const child = spawn(process.execPath, [...parameters, ...configs], {
      cwd: folder,
      env: { ...process.env, ...env, ...asItIs, PORT: String(port), PROBER_TOKEN: token, NODE_ENV: 'production' },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid !== undefined) guardian.watchGroup(pid);
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        log = `${log}${chunk.toString()}`.slice(-4000);
      });
    }
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const backstage = new Backstage(`http://127.0.0.1:${port}`, token, async () => {
      child.kill('SIGKILL');
      await ended;
      if (pid !== undefined) guardian.gone(pid);
    });
    const giveUpAt = performance.now() + bootMs;
    while (!(await backstage.#isReady())) {
      if (child.exitCode === null && performance.now() < giveUpAt) await sleep(300);
      else throw new Error(`Backstage did not get ready (exit code ${child.exitCode}): ${log}`);
    }
    return backstage;
  }

  /** @throws when the answer is another than 200 */
  async ask(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#url}${path}`, { headers: { authorization: `Bearer ${this.#token}` } });
    if (answer.status !== 200) throw new Error(`Backstage answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  async #isReady(): Promise<boolean> {
    return this.ask('/.backstage/health/v1/readiness').then(
      () => true,
      () => false,
    );
  }
}
