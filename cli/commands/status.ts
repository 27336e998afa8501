import type { LedgerEntry } from '../../lambda/domain/ledger-entry.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { deployedService, deployedServices } from '../services.ts';
import { type ServiceStatus, statusOf } from '../status.ts';
import type { Target } from '../target.ts';
import { took } from '../took.ts';
import { commandLine } from '../where.ts';
import { clock, minute } from '../words.ts';

export const status: Command = {
  name: 'status',
  positionals: ['[SERVICE]'],
  description:
    'Tells what serves, what is known good, what runs, and what needs a person. Exit code 4 when something does, else 0.\nTimes are UTC.',
  options: {},
  examples: [
    ['status --environment production', 'every service'],
    ['status backstage --environment production --json', 'one, for machines'],
  ],
  async run({ positionals: [wanted], values, account, io }) {
    const services = wanted === undefined ? await deployedServices(account) : [await deployedService(account, wanted)];
    const states = await Promise.all(services.map((each) => statusOf(account, each)));
    if (values.json === true) {
      for (const state of states) io.stdout.write(`${JSON.stringify(state)}\n`);
    } else {
      io.stdout.write(`${states.map((state) => text(state, account.target)).join('\n\n')}\n`);
    }
    return states.some(({ attention }) => attention.length > 0) ? exitCodes.needsPerson : exitCodes.done;
  },
};

function text(state: ServiceStatus, target: Target): string {
  return [
    `${state.service} in ${target.environment}`,
    row('known good', knownGood(state)),
    row('serves', serving(state)),
    row('running', running(state, target)),
    row('lock', state.lock === null ? 'free' : `${state.lock.holder}, since ${minute(state.lock.since)}`),
    row('alarms', state.alarmsFiring.length === 0 ? 'none in ALARM' : `in ALARM: ${state.alarmsFiring.join(', ')}`),
    row('autoscaling', { true: 'suspended', false: 'on', null: 'none' }[`${state.scalingSuspended}`]),
    row('shape', shape(state)),
    ...state.last.map((entry, index) => row(index === 0 ? 'last' : '', last(entry))),
    ...state.attention.map((each) => `  ! ${each}`),
  ].join('\n');
}

const row = (name: string, value: string): string => `  ${name.padEnd(11)}  ${value}`;

function last(entry: LedgerEntry): string {
  const { openedAt, outcome, state, version, kind, id } = entry;
  return [minute(openedAt), outcome ?? `in ${state}`, version ?? kind, took(entry), id].join('  ');
}

function knownGood({ knownGood: live }: ServiceStatus): string {
  if (live === null) return 'nothing yet: no release has ended well';
  return `${live.version} (sequence ${live.sequence}), since ${minute(live.since)}, ${live.release}`;
}

function serving({ serving: live, knownGood: good }: ServiceStatus): string {
  if (live === null) return 'nothing';
  const known = good !== null && good.taskDefinition.endsWith(`/${live.revision}`);
  const what = known
    ? good.version
    : live.image.includes('@sha256:')
      ? 'another version than the known-good one'
      : live.image;
  return `${what}: ${live.revision}, ${live.running} of ${live.desired} tasks`;
}

function running({ running: facts }: ServiceStatus, target: Target): string {
  if (facts === null) return 'nothing';
  const where = [facts.state, facts.phase].filter(Boolean).join(', ');
  return `${facts.release} (${facts.version ?? facts.kind}) in ${where}, for ${clock(facts.elapsedSeconds)}. ${commandLine(target, 'watch', facts.release)}`;
}

function shape({ serving: live }: ServiceStatus): string {
  if (live === null) return 'unknown';
  return live.shapePending
    ? 'pending: the service was deployed with another shape; the next release applies it, of the same image too'
    : 'as deployed';
}
