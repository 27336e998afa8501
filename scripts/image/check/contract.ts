import { setTimeout as sleep } from 'node:timers/promises';
import { fill } from '../../../lambda/domain/rehearsal/scratch.ts';
import { journeySchema } from '../../../lambda/domain/service.ts';
import { probe } from '../../../lambda/prober/probe.ts';
import { send } from '../../../lambda/prober/send.ts';
import { backstage } from '../../../lib/config/services/backstage.ts';
import type { Contained } from './container.ts';
import { type Ended, runTask, Task } from './tasks.ts';

/** One clause of docs/image-contract.md. */
export interface Clause {
  readonly name: string;
  /** @returns why it is broken, and how to mend it; null when it is kept */
  check(subject: Subject): Promise<string | null>;
}

export interface Subject {
  readonly contained: Contained;
  readonly port: number;
  readonly token: string;
  /** What every task gets: port, database, token. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of the databases on the server. */
  readonly databases: () => Promise<string[]>;
  /** The task that serves, once one does. */
  serving: Task | null;
}

const toolMs = 180_000;
const bootMs = 120_000;
const catalogMs = 60_000;
const scratch = 'scratch_check_';
const tool = backstage.schemaTool;
const { healthPath } = backstage;

/** In this order: each one builds on what the ones before left. */
export const clauses: readonly Clause[] = [
  {
    name: 'the schema tool finds a place for all migrations',
    check: async (subject) => {
      const status = await run(subject, tool?.status);
      if (status.json?.['ok'] !== true) return toolSaid(status);
      const unplaced = Array.isArray(status.json['unplaced']) ? status.json['unplaced'] : [];
      return unplaced.length === 0
        ? null
        : `${JSON.stringify(unplaced)}. Name them in understudy.schema.migrations of the app's configuration`;
    },
  },
  {
    name: 'a task that serves changes no schema, and ends when it cannot start',
    check: async (subject) => {
      const before = await subject.databases();
      const task = new Task(subject.contained.start(subject.contained.command, subject.env));
      const code = await task.ended(bootMs);
      if (code === 'running') await task.kill();
      const made = (await subject.databases()).filter((name) => !before.includes(name));
      if (made.length > 0) {
        return `on an empty server it made ${made.join(', ')}. Set backend.database.skipMigrations: true and ensureExists: false`;
      }
      if (code === 'running') {
        return `on an empty server it still runs after ${bootMs / 1000} s: nobody will ever replace it. End the process when backend.start() is rejected`;
      }
      return code === 0 ? 'on an empty server it ended with 0, as if all was well' : null;
    },
  },
  {
    name: 'the schema tool migrates everything, and leaves nothing locked',
    check: async (subject) => {
      const up = await run(subject, tool?.up);
      if (up.json?.['ok'] !== true) return toolSaid(up);
      const status = await run(subject, tool?.status);
      if (status.json?.['pending'] !== 0) return `after up, ${String(status.json?.['pending'])} are pending`;
      // A release goes by its exit code.
      const unlock = await run(subject, tool?.unlock);
      return unlock.code === 0 && unlock.json?.['ok'] === true ? null : toolSaid(unlock);
    },
  },
  {
    name: 'a task gets ready with the start command alone',
    check: async (subject) => {
      subject.serving = new Task(subject.contained.start(subject.contained.command, subject.env));
      const until = performance.now() + bootMs;
      let last = 'no answer';
      while (performance.now() < until) {
        const code = await subject.serving.ended(500);
        if (code !== 'running') return `it ended with ${code}: ${tail(subject.serving.output)}`;
        last = await statusOf(subject, healthPath);
        if (last === '200') return null;
      }
      return `${healthPath} on PORT is ${last} after ${bootMs / 1000} s: ${tail(subject.serving.output)}`;
    },
  },
  {
    name: 'it answers every journey of the prober in its budget',
    check: async (subject) => {
      const target = {
        ip: '127.0.0.1',
        port: subject.port,
        scheme: 'http',
        host: 'localhost',
        colour: 'green',
      } as const;
      const journeys = backstage.probe.journeys.map((journey) => journeySchema.parse(journey));
      // Entities come into a fresh catalog one by one.
      const until = performance.now() + catalogMs;
      for (;;) {
        const { samples } = await probe({ targets: [target], journeys, rounds: 1, token: subject.token }, send);
        const bad = samples.filter(({ failed }) => failed > 0);
        if (bad.length === 0) return null;
        if (performance.now() > until) return bad.map(({ journey, reason }) => `${journey}: ${reason}`).join('; ');
        await sleep(1000);
      }
    },
  },
  {
    name: 'its probe writes and reads back, for the bearer of the token alone',
    check: async (subject) => {
      const { write } = backstage.probe;
      if (!write) return null;
      const stranger = await post(subject, write.path, {});
      if (stranger.status !== 401 && stranger.status !== 403) {
        return `without a token ${write.path} answers ${stranger.status} instead of 401: anybody could write`;
      }
      const answer = await post(subject, write.path, { authorization: `Bearer ${subject.token}` });
      return answer.status === 200 ? null : `${write.path} answers ${answer.status}: ${answer.body.slice(0, 300)}`;
    },
  },
  {
    name: 'its databases can be copied, and the copy is taken for them',
    check: async (subject) => {
      const copy = await run(subject, tool?.copy);
      if (copy.json?.['ok'] !== true) return toolSaid(copy);
      const onScratch = await run(subject, tool?.status, scratchEnvironment());
      if (onScratch.json?.['pending'] !== 0) return `on the copy, status says: ${tail(onScratch.output)}`;
      const drop = await run(subject, tool?.drop);
      const left = (await subject.databases()).filter((name) => name.startsWith(scratch));
      return left.length === 0 ? null : `${toolSaid(drop)}; ${left.join(', ')} are left`;
    },
  },
  {
    name: 'the way back to its own manifest is no way at all',
    check: async (subject) => {
      const manifest = await run(subject, tool?.manifest);
      if (manifest.json === null) return toolSaid(manifest);
      const down = await run(subject, tool?.down, {}, { manifest: JSON.stringify(manifest.json) });
      const unwound = down.json?.['unwound'];
      return down.json?.['ok'] === true && Array.isArray(unwound) && unwound.length === 0 ? null : toolSaid(down);
    },
  },
  {
    name: 'told to stop, it serves on while the load balancer lets go, then ends',
    check: async (subject) => {
      if (!subject.serving) return 'no task serves';
      subject.serving.stop();
      await sleep(1000);
      const meanwhile = await statusOf(subject, '/.backstage/health/v1/liveness');
      const code = await subject.serving.ended(20_000);
      if (code === 'running') return 'it still runs 20 s after SIGTERM: the last thing it gets is a SIGKILL';
      return meanwhile === '200'
        ? null
        : `one second after SIGTERM it answers ${meanwhile}: users of the load balancer get errors. Set backend.lifecycle.serverShutdownDelay`;
    },
  },
];

function run(
  { contained, env }: Subject,
  command: readonly string[] | null | undefined,
  more: Readonly<Record<string, string>> = {},
  values: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return runTask(contained, fill(command ?? [], { scratch, ...values }), { ...env, ...more }, toolMs);
}

function scratchEnvironment(): Record<string, string> {
  const variables = Object.entries(tool?.scratchEnvironment ?? {});
  return Object.fromEntries(variables.map(([name, value]) => [name, value.replaceAll('{scratch}', scratch)]));
}

function toolSaid({ code, json, output }: Ended): string {
  const error = json?.['error'];
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : tail(output);
  return `the schema tool ended with ${code}: ${message}`;
}

async function statusOf({ port }: Subject, path: string): Promise<string> {
  try {
    const to = { ip: '127.0.0.1', port, scheme: 'http' } as const;
    return String((await send(to, { method: 'GET', path, headers: { host: 'localhost' } }, 3000)).status);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function post({ port }: Subject, path: string, headers: Readonly<Record<string, string>>): ReturnType<typeof send> {
  const to = { ip: '127.0.0.1', port, scheme: 'http' } as const;
  return send(to, { method: 'POST', path, headers: { host: 'localhost', ...headers } }, 30_000);
}

function tail(output: string): string {
  return output.trim().split('\n').slice(-3).join(' ').slice(-600);
}
