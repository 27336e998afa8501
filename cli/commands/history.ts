import type { Command } from '../command.ts';
import { type Entry, entryOf } from '../entry.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { readReleases } from '../ledger.ts';
import { releaseViewSchema } from '../release-view.ts';
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
