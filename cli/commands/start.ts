import type { Account } from '../account.ts';
import type { Call, Command, Options } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { follow } from '../follow.ts';
import { readLive } from '../ledger.ts';
import { compactTime, releaseId, requestOf, requestOptions } from '../request.ts';
import { startExecution } from '../start-execution.ts';
import { commandLine } from '../where.ts';

const wait = { type: 'boolean', help: 'follows it to its end; the exit code tells how it ended' } as const;
const options = {
  ...requestOptions,
  name: {
    type: 'string',
    value: 'ID',
    help: "the release's id; the same id and request again start nothing new (service, version and time)",
  },
  wait,
} as const satisfies Options;

export const start: Command<typeof options> = {
  name: 'start',
  positionals: ['SERVICE', 'IMAGE'],
  description: "Starts a release. IMAGE is a tag of the service's repository, or a digest in it (sha256:…).",
  options,
  examples: [
    [
      'start backstage 1.4.0 --environment production --reason "Search facets" --wait',
      'a release, followed to its end',
    ],
    [
      'start backstage 1.4.1 --environment production --policy hotfix --reason "Fixes sign-in"',
      'the same proofs, a shorter watch',
    ],
    [
      'start backstage 1.4.0 --sequence "$GITHUB_RUN_NUMBER" --name "backstage-$GITHUB_RUN_ID" --wait --json',
      'in a pipeline: idempotent, and for machines',
    ],
    ['start backstage good --endpoint http://127.0.0.1:4566 --wait', 'on the local stage'],
  ],
  run: (call) => begin(call, 'release', call.values.wait === true),
};

const { approval: _approval, ...dryOptions } = requestOptions;
const dry = {
  ...dryOptions,
  name: options.name,
  'no-wait': { type: 'boolean', help: 'does not follow it' },
} as const satisfies Options;

export const plan: Command<typeof dry> = {
  name: 'plan',
  positionals: ['SERVICE', 'IMAGE'],
  description: 'Tells what a release would do: refusals, pending migrations, and how it would go. Ships nothing.',
  options: dry,
  examples: [['plan backstage 1.4.0 --environment production', 'before a release']],
  run: (call) => begin(call, 'plan', call.values['no-wait'] !== true),
};

export const rehearse: Command<typeof dry> = {
  name: 'rehearse',
  positionals: ['SERVICE', 'IMAGE'],
  description: 'Plans a release, and proves off-traffic that there is a way back from it. Ships nothing.',
  options: dry,
  examples: [['rehearse backstage 1.4.0 --environment production', 'with migrations, on a copy of the database']],
  run: (call) => begin(call, 'rehearse', call.values['no-wait'] !== true),
};

async function begin(
  { positionals, values, account, io }: Call<typeof requestOptions & Pick<typeof options, 'name'>>,
  until: 'plan' | 'rehearse' | 'release',
  wanted: boolean,
): Promise<ExitCode> {
  const [service = '', image = ''] = positionals;
  const request = await requestOf(
    { service, image, until, values },
    { sequence: () => nextSequence(account, service), requestedBy: async () => (await account.identity()).name },
  );
  const id = releaseId(
    values.name,
    ...(until === 'release' ? [] : [until]),
    service,
    request.version.slice(0, 30),
    compactTime(io.now()),
  );
  const { execution, before } = await startExecution(account, account.names.releaseStateMachine, id, request);
  const json = values.json === true;
  if (json) {
    io.stdout.write(
      `${JSON.stringify({ type: 'started', release: id, execution: execution.executionArn, before, request })}\n`,
    );
  } else {
    const how = before ? 'was started before' : 'started';
    io.stdout.write(`${id} ${how}: ${service} ${request.version}, sequence ${request.sequence}\n`);
    if (!wanted) io.stdout.write(`Follow it: ${commandLine(account.target, 'watch', id)}\n`);
  }
  return wanted ? follow(account, execution, io, json) : exitCodes.done;
}

/** One more than what is live; for pipelines, whose role need not read the ledger, it is no guess but a number. */
async function nextSequence(account: Account, service: string): Promise<number> {
  try {
    return ((await readLive(account, service))?.sequence ?? 0) + 1;
  } catch (error) {
    if (!(error instanceof Error) || !error.name.startsWith('AccessDenied')) throw error;
    throw new Failure(
      `Which sequence? These credentials may not read from the ledger what is live (${error.name}). Give --sequence N, such as the run number of the pipeline.`,
    );
  }
}
