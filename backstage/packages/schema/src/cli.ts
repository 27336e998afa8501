import { parseArgs } from 'node:util';
import { readApp } from './app';
import { status } from './commands/status';
import { up } from './commands/up';
import { log } from './log';
import { statusForPeople, upForPeople } from './report';
import { toSchemaError } from './SchemaError';

const USAGE = `Usage: backstage-schema <command> [options], from the root of a Backstage app

  status            what is applied, pending and unknown to this image, by plugin
  up                apply everything that is pending, once

  --json            one line of JSON on standard output
  --config FILE     as the backend takes it; may be repeated (default: app-config.yaml)
  --wait SECONDS    up: how long to wait for another run (default: 120)
  --free-locks      up: free what a killed run left locked; only when no backend migrates by itself`;

function readArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string', multiple: true, default: [] },
      'free-locks': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      wait: { type: 'string', default: '120' },
    },
  });
}

type Options = ReturnType<typeof readArguments>['values'];

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

async function run(command: string, options: Options): Promise<{ ok: boolean; json: unknown; text: string }> {
  try {
    const app = await readApp(process.cwd(), options.config);
    if (command === 'status') {
      const report = await status(app);
      return { ok: true, json: report, text: statusForPeople(report) };
    }
    const waitMs = Number(options.wait) * 1000;
    const report = await up(app, { waitMs, freeLocks: options['free-locks'], interrupted: stopRequested() });
    return { ok: report.ok, json: report, text: upForPeople(report) };
  } catch (error) {
    const { kind, message, culprit } = toSchemaError(error);
    return { ok: false, json: { ok: false, error: { kind, message, ...culprit } }, text: `Failed: ${message}` };
  }
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  const [command = '', ...rest] = positionals;
  const isKnown = ['status', 'up'].includes(command) && rest.length === 0 && Number(values.wait) >= 0;
  if (values.help || !isKnown) {
    log(USAGE);
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
