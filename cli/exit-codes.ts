import type { Outcome } from '../lambda/domain/release.ts';

/** Exit codes, for pipelines. They are part of the interface: a meaning never moves to another number. */
export const exitCodes = {
  /** Released, planned, rehearsed, or nothing to do. */
  done: 0,
  rolledBack: 1,
  refused: 2,
  /** The command could not be carried out, and nothing was started by it. */
  usage: 3,
  /** The release failed, or the schema has to be restored: a person has to look. */
  needsPerson: 4,
  /** The release goes on, and this command can no longer see it. */
  lostSight: 5,
  /** Ctrl-C, as shells number it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byOutcome: Readonly<Record<Outcome, ExitCode>> = {
  released: exitCodes.done,
  planned: exitCodes.done,
  rehearsed: exitCodes.done,
  unchanged: exitCodes.done,
  'rolled-back': exitCodes.rolledBack,
  refused: exitCodes.refused,
  'needs-restore': exitCodes.needsPerson,
  failed: exitCodes.needsPerson,
};

export function exitCodeOf(outcome: Outcome): ExitCode {
  return byOutcome[outcome];
}

export const exitCodesText = `Exit codes
  0  released; also planned, rehearsed, and nothing to do
  1  rolled back: the old version serves, as before
  2  refused: nothing was changed
  3  the command could not be carried out (wrong command line, no credentials, no such release); nothing was started
  4  failed, or the schema has to be restored: a person has to look
  5  the release goes on, but could no longer be followed
  130  Ctrl-C; a release goes on`;
