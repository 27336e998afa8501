import type { Account } from '../account.ts';
import type { Command } from '../command.ts';
import { findExecution, runningExecutions } from '../execution.ts';
import { Failure } from '../failure.ts';
import { follow } from '../follow.ts';

export const watch: Command = {
  name: 'watch',
  positionals: ['[ID]'],
  description:
    'Follows a release, or a rollback, until it ends; without an ID the one that runs. On a terminal a live picture,\nin a pipe one line per change. Ctrl-C leaves the release running.',
  options: {},
  examples: [
    ['watch --environment production', 'whatever runs'],
    ['watch backstage-1.4.0-20261121T060400Z --json', 'for machines'],
  ],
  async run({ positionals: [id], values, account, io }) {
    return follow(account, await findExecution(account, id ?? (await onlyRunning(account))), io, values.json === true);
  },
};

async function onlyRunning(account: Account): Promise<string> {
  const running = await runningExecutions(account);
  const [only] = running;
  if (only === undefined) {
    throw new Failure(`Nothing is running in ${account.target.environment}. The history command lists what has ended.`);
  }
  if (running.length > 1) throw new Failure(`More than one is running; say which: ${running.join(', ')}.`);
  return only;
}
