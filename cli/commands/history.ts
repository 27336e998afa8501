import type { LedgerEntry } from '../../lambda/domain/ledger-entry.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { readReleases } from '../ledger.ts';
import { knownService } from '../services.ts';
import { took, tookSeconds } from '../took.ts';
import { minute, table } from '../words.ts';

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
    const entries = await readReleases(account, service, limit);
    if (values.json === true) {
      for (const entry of entries)
        io.stdout.write(`${JSON.stringify({ ...entry, tookSeconds: tookSeconds(entry) })}\n`);
    } else if (entries.length === 0) {
      io.stdout.write(`The ledger knows no release of ${service}.\n`);
    } else {
      const head = ['opened', 'version', 'kind', 'by', 'took', 'outcome', 'id', 'reason'];
      const columns = io.stdout.isTTY ? io.stdout.columns : Number.POSITIVE_INFINITY;
      io.stdout.write(`${table(head, entries.map(rowOf), columns).join('\n')}\n`);
    }
    return exitCodes.done;
  },
};

function rowOf(entry: LedgerEntry): string[] {
  return [
    minute(entry.openedAt),
    entry.version ?? '-',
    entry.kind === 'rollback' ? 'rollback' : (entry.policy ?? '-'),
    entry.requestedBy ?? '-',
    took(entry),
    entry.outcome ?? `in ${entry.state}`,
    entry.id,
    entry.reason,
  ];
}
