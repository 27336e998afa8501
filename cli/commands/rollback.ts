import type { Command, Options } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { follow } from '../follow.ts';
import { compactTime, releaseId } from '../request.ts';
import { startExecution } from '../start-execution.ts';
import { comeBack } from '../where.ts';

const options = {
  reason: { type: 'string', value: 'TEXT', help: 'why, for the ledger and the notification (needed)' },
  to: { type: 'string', value: 'X', help: 'id of a release, or its version (the last known-good one)' },
  by: { type: 'string', value: 'WHO', help: 'who asks for it (whoever the credentials say you are)' },
  name: { type: 'string', value: 'ID', help: "the rollback's id; the same again starts nothing new" },
  wait: { type: 'boolean', help: 'follows it to its end; the exit code tells how it ended' },
} as const satisfies Options;

export const rollback: Command<typeof options> = {
  name: 'rollback',
  positionals: ['SERVICE'],
  description:
    'Brings the last known-good version back, all at once. Works during a release, which it cancels first, after one,\ntwice in a row, and with nothing to do.',
  options,
  examples: [
    ['rollback backstage --environment production --reason "Search is empty" --wait', 'what the person on call needs'],
    ['rollback backstage --to 1.3.0 --reason "1.4 loses entities"', 'further back'],
  ],
  async run({ positionals: [service = ''], values, account, io }) {
    const { reason, to } = values;
    if (!reason) throw new Failure('rollback needs a --reason: it is what others read in the ledger.');
    const requestedBy = values.by ?? (await account.identity()).name;
    const id = releaseId(values.name, 'rollback', service, compactTime(io.now()));
    const input = { service, reason, requestedBy, ...(to !== undefined && { to }) };
    const { execution, before } = await startExecution(account, account.names.rollbackStateMachine, id, input);
    const json = values.json === true;
    if (json) {
      const started = { type: 'started', release: id, execution: execution.executionArn, before, request: input };
      io.stdout.write(`${JSON.stringify(started)}\n`);
    } else {
      const target = to === undefined ? 'the last known-good version' : to;
      io.stdout.write(`${id} ${before ? 'was started before' : 'started'}: ${service} back to ${target}\n`);
      if (values.wait !== true) io.stdout.write(`${comeBack(account.target, id)}\n`);
    }
    return values.wait === true ? follow(account, execution, io, json) : exitCodes.done;
  },
};
