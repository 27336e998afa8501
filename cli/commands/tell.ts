import type { Account } from '../account.ts';
import type { Call, Command, Options } from '../command.ts';
import { type Described, findExecution, Observer } from '../execution.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { waitsForApproval } from '../facts.ts';
import { Failure } from '../failure.ts';
import { follow } from '../follow.ts';
import { needsApproval, type ReleaseView } from '../release-view.ts';
import { type Signal, signal } from '../signals.ts';
import { comeBack } from '../where.ts';

const by = { type: 'string', value: 'WHO', help: 'who says so (whoever the credentials say you are)' } as const;
const wait = { type: 'boolean', help: 'follows the release to its end' } as const;

const approveOptions = {
  reason: { type: 'string', value: 'TEXT', help: 'for the ledger' },
  by,
  wait,
} as const satisfies Options;

export const approve: Command<typeof approveOptions> = {
  name: 'approve',
  positionals: ['ID'],
  description: 'Lets users reach the new version of a release that was started with --approval, and waits for it.',
  options: approveOptions,
  examples: [
    ['approve backstage-1.4.0-20261121T060400Z --reason "Looked at it on the test listener" --wait', 'once it waits'],
  ],
  run: (call) => tell(call, 'APPROVAL', call.values.reason ?? 'Approved', refuseApproval),
};

const cancelOptions = {
  reason: { type: 'string', value: 'TEXT', help: 'why, for the ledger and the notification (needed)' },
  by,
  wait,
} as const satisfies Options;

export const cancel: Command<typeof cancelOptions> = {
  name: 'cancel',
  positionals: ['ID'],
  description:
    'Asks a running release to end. Before anything was changed it refuses; later it goes back to the old version, in\norder and with the proofs of every rollback. Never kills it.',
  options: cancelOptions,
  examples: [['cancel backstage-1.4.0-20261121T060400Z --reason "Wrong image" --wait', 'and follows the way back']],
  run: (call) => {
    const { reason } = call.values;
    if (!reason) throw new Failure('cancel needs a --reason: it is what others read in the ledger.');
    return tell(call, 'CANCEL', reason, refuseCancellation);
  },
};

/** Why the release, as it is, cannot be told so; null when it can. */
type Refuse = (release: ReleaseView | null, id: string) => string | null;

async function tell(
  { positionals: [given = ''], values, account, io }: Call<typeof approveOptions>,
  kind: Signal,
  reason: string,
  refuse: Refuse,
): Promise<ExitCode> {
  const execution = await findExecution(account, given);
  const id = execution.name ?? given;
  await refuseUnlessRunning(account, execution, id, refuse);
  const word = { by: values.by ?? (await account.identity()).name, reason, at: new Date(io.now()).toISOString() };
  const before = await signal(account, id, kind, word);
  const json = values.json === true;
  const verb = kind === 'CANCEL' ? 'cancelled' : 'approved';
  if (json) {
    io.stdout.write(`${JSON.stringify({ type: verb, release: id, ...(before ?? word), before: before !== null })}\n`);
  } else {
    const first = `${id} was ${verb} by ${before?.by} at ${before?.at} already: ${before?.reason}`;
    io.stdout.write(
      `${before === null ? `${id} is told: ${verb} by ${word.by}. It acts on that at its next look.` : first}\n`,
    );
    if (values.wait !== true) io.stdout.write(`${comeBack(account.target, id)}\n`);
  }
  return values.wait === true ? follow(account, execution, io, json) : exitCodes.done;
}

async function refuseUnlessRunning(account: Account, execution: Described, id: string, refuse: Refuse): Promise<void> {
  const { status, release } = await new Observer(account, execution).look();
  if (status !== 'RUNNING') {
    const how = release?.outcome ? `ended as ${release.outcome}: ${release.reason}` : `has ended (${status}).`;
    throw new Failure(`${id} runs no more, and listens to nobody. It ${how}`);
  }
  const problem = refuse(release, id);
  if (problem !== null) throw new Failure(problem);
}

function refuseApproval(release: ReleaseView | null, id: string): string | null {
  const state = release?.state.name ?? 'Open';
  if (release === null || release.description === null) return `${id} has just begun. Wait until it waits for you.`;
  if (!needsApproval(release)) {
    return `${id} asks for no approval: neither --approval nor its policy (${release.request?.policy}) says so. It goes on by itself.`;
  }
  if (release.decision !== null || release.deployment?.continuedAt)
    return `${id} waits for no approval any more: it is in ${state}.`;
  if (release.approved === null && !waitsForApproval(release)) {
    return `${id} is in ${state}, and cannot be approved yet: its new version has not been judged good. Watch it, and approve it when it waits.`;
  }
  return null;
}

function refuseCancellation(release: ReleaseView | null, id: string): string | null {
  if (release === null || (release.promotion === null && release.retreat === null)) return null;
  return release.promotion === null
    ? `${id} is on its way back already.`
    : `${id} is giving up the old version, and cannot be cancelled any more. When it has ended, take it back: rollback ${release.service}.`;
}
