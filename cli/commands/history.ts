import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { readReleases } from '../ledger.ts';
import { type ReleaseView, releaseViewSchema } from '../release-view.ts';
import { knownService } from '../services.ts';
import { clock, minute, table } from '../words.ts';

const options = { limit: { type: 'string', value: 'N', help: 'how many, 1 to 200 (20)' } } as const;

export const history: Command<typeof options> = {
  name: 'history',
  positionals: ['SERVICE'],
  description:
    'Lists the releases of a service, the newest first: when, what, who, how it ended, and why. Times are UTC.',
  options,
  examples: [['history backstage --environment production --limit 5', 'the last five']],
  async run({ positionals: [given = ''], values, account, io }) {
    const limit = Number(values.limit ?? '20');
    if (!Number.isInteger(limit) || limit < 1 || limit > 200) {
      throw new Failure(`--limit is "${values.limit}"; it takes a whole number from 1 to 200.`);
    }
    const service = await knownService(account, given);
    const documents = await readReleases(account, service, limit);
    const releases = documents.flatMap((each) => releaseViewSchema.safeParse(each).data ?? []);
    if (values.json === true) {
      for (const release of releases) io.stdout.write(`${JSON.stringify(entryOf(release))}\n`);
    } else if (releases.length === 0) {
      io.stdout.write(`The ledger knows no release of ${service}.\n`);
    } else {
      const head = ['opened', 'version', 'kind', 'by', 'took', 'outcome', 'id', 'reason'];
      const rows = releases.map((release) => rowOf(entryOf(release)));
      io.stdout.write(
        `${table(head, rows, io.stdout.isTTY ? io.stdout.columns : Number.POSITIVE_INFINITY).join('\n')}\n`,
      );
    }
    return exitCodes.done;
  },
};

/** An entry of the ledger, for machines. */
export function entryOf(release: ReleaseView) {
  const { id, kind, openedAt, closedAt, request, outcome, reason, image, state } = release;
  return {
    release: id,
    kind,
    service: release.service,
    version: request?.version ?? null,
    sequence: request?.sequence ?? null,
    digest: image?.digest ?? null,
    commit: request?.commit ?? null,
    policy: request?.policy ?? null,
    requestedBy: request?.requestedBy ?? null,
    requestReason: request?.reason ?? null,
    openedAt,
    closedAt,
    tookSeconds: closedAt === null ? null : Math.round((Date.parse(closedAt) - Date.parse(openedAt)) / 1000),
    state: state.name,
    outcome,
    reason,
  };
}
export type Entry = ReturnType<typeof entryOf>;

function rowOf(entry: Entry): string[] {
  return [
    minute(entry.openedAt),
    entry.version ?? '-',
    entry.kind === 'rollback' ? 'rollback' : (entry.policy ?? '-'),
    entry.requestedBy ?? '-',
    entry.tookSeconds === null ? '-' : clock(entry.tookSeconds),
    entry.outcome ?? `in ${entry.state}`,
    entry.release,
    entry.reason,
  ];
}
