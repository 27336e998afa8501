import { parseArgs } from 'node:util';
import { type App, readApp } from './app';
import { copy } from './commands/copy';
import { down } from './commands/down';
import { drop } from './commands/drop';
import { fingerprint } from './commands/fingerprint';
import { manifest } from './commands/manifest';
import { status } from './commands/status';
import { unlock } from './commands/unlock';
import { up } from './commands/up';
import { log } from './log';
import { readManifest } from './manifest';
import {
  copyForPeople,
  downForPeople,
  dropForPeople,
  fingerprintForPeople,
  manifestForPeople,
  statusForPeople,
  unlockForPeople,
  upForPeople,
} from './report';
import { toSchemaError } from './SchemaError';
import { COMMAND_USAGE, UNLOCK_WAIT_S, USAGE, WAIT_S } from './usage';

function readArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string', multiple: true, default: [] },
      details: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      'free-locks': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'older-than': { type: 'string' },
      prefix: { type: 'string' },
      to: { type: 'string' },
      wait: { type: 'string' },
      'whole-sets': { type: 'boolean', default: false },
    },
  });
}

type Options = ReturnType<typeof readArguments>['values'];

interface Outcome {
  readonly ok: boolean;
  readonly json: unknown;
  readonly text: string;
}

/** Between two sets of migrations, never inside one: a killed migration leaves its lock behind. */
function stopRequested(): () => boolean {
  let requested = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      requested = true;
      log(`${signal}: stopping after the migrations that are running`);
    });
  }
  return () => requested;
}

const COMMANDS: Readonly<Record<string, (app: App, options: Options) => Promise<Outcome>>> = {
  status: async (app) => outcome(await status(app), statusForPeople),
  up: async (app, options) => {
    const report = await up(app, {
      waitMs: waitMs(options),
      freeLocks: options['free-locks'],
      dryRun: options['dry-run'],
      interrupted: stopRequested(),
    });
    return outcome(report, upForPeople);
  },
  manifest: async (app) => outcome(manifest(app), manifestForPeople),
  down: async (app, options) => {
    const report = await down(app, {
      to: readManifest(options.to ?? ''),
      wholeSets: options['whole-sets'],
      dryRun: options['dry-run'],
      waitMs: waitMs(options),
      interrupted: stopRequested(),
    });
    return outcome(report, downForPeople);
  },
  unlock: async (app, options) =>
    outcome(await unlock(app, { dryRun: options['dry-run'], waitMs: waitMs(options, UNLOCK_WAIT_S) }), unlockForPeople),
  fingerprint: async (app, options) => outcome(await fingerprint(app, options.details), fingerprintForPeople),
  copy: async (app, options) => {
    const report = await copy(app, {
      prefix: options.prefix ?? '',
      dryRun: options['dry-run'],
      waitMs: waitMs(options),
      interrupted: stopRequested(),
    });
    return outcome(report, copyForPeople);
  },
  drop: async (app, options) => {
    const { prefix } = options;
    const olderThanHours = Number(options['older-than'] ?? 0);
    const what = { ...(prefix === undefined ? {} : { prefix }), olderThanHours, dryRun: options['dry-run'] };
    return outcome(await drop(app, what), dropForPeople);
  },
};

/** Commands that take an option, and cannot do without one of it; no other command takes it. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  down: ['to'],
  copy: ['prefix'],
  drop: ['prefix', 'older-than'],
};

function waitMs({ wait }: Options, otherwiseS: number = WAIT_S): number {
  return Number(wait ?? otherwiseS) * 1000;
}

function isComplete(command: string, options: Options): boolean {
  const given = (['to', 'prefix', 'older-than'] as const).filter((option) => options[option] !== undefined);
  const needed = NEEDED[command];
  const hours = Number(options['older-than'] ?? 0);
  return (
    Number(options.wait ?? 0) >= 0 &&
    Number.isFinite(hours) &&
    hours >= 0 &&
    given.every((option) => needed?.includes(option)) &&
    (!needed || given.length > 0)
  );
}

function outcome<T extends { readonly ok: boolean }>(report: T, forPeople: (report: T) => string): Outcome {
  return { ok: report.ok, json: report, text: forPeople(report) };
}

async function run(command: (app: App, options: Options) => Promise<Outcome>, options: Options): Promise<Outcome> {
  try {
    return await command(await readApp(process.cwd(), options.config), options);
  } catch (error) {
    const { kind, message, culprit } = toSchemaError(error);
    return { ok: false, json: { ok: false, error: { kind, message, ...culprit } }, text: `Failed: ${message}` };
  }
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  const [name = '', ...rest] = positionals;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (values.help || !command || rest.length > 0 || !isComplete(name, values)) {
    log(COMMAND_USAGE[name] ?? USAGE);
    return values.help ? 0 : 2;
  }
  const { ok, json, text } = await run(command, values);
  await new Promise<void>((written) => {
    process.stdout.write(`${values.json ? JSON.stringify(json) : text}\n`, () => written());
  });
  return ok ? 0 : 1;
}

// Knex tells of locks and failures on standard output, which belongs to the report.
console.log = console.error;

main().then(
  (code) => process.exit(code),
  (error) => {
    log(error instanceof Error ? error.message : String(error));
    process.exit(2);
  },
);
