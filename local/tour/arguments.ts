import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { allScenarios, type Scenario, scenarioNamed, scenarios } from '../scenarios/scenarios.ts';
import { schemaScenarios } from '../scenarios/schema-scenarios.ts';

/** What is wrong with the command line, in words; the exit status is then 2. */
export class UsageError extends Error {}

export interface PlayCommand {
  readonly kind: 'play';
  /** The one scenario to report on; null for the tour, `schema` for the one through migrations. */
  readonly scenario: Scenario | 'schema' | null;
  readonly speed: number;
  readonly port: number | null;
  /** File for the report. */
  readonly report: string | null;
  /** End when the last scenario has, even on a terminal. */
  readonly exit: boolean;
}

/** Plays nothing: the stage stays open for whoever releases something on it. */
export interface KeepCommand {
  readonly kind: 'keep';
  readonly speed: number;
  readonly port: number | null;
}

export type Command = PlayCommand | KeepCommand | { readonly kind: 'help' } | { readonly kind: 'list' };

export const help = `Plays releases of a real Backstage on this machine, through the state machine that goes to AWS.

  npm run local                     the tour: ${scenarios.map(({ name }) => name).join(', ')}
  npm run local -- --scenario NAME  one of them, after a first release
  npm run local -- --scenario schema
                                    releases that change the schema: ${schemaScenarios.map(({ name }) => name).join(', ')}
  npm run local -- --keep           plays nothing: a stage to release on, with npm run release, until Ctrl-C

  --list         the scenarios, and what happens in each
  --speed N      how many times faster than yours the stage's clock runs (default 10, 1 to 60): waits, metric
                 periods and bakes are scaled, real processes are not
  --port N       where Backstage is found (default 7007, or a free one when that is taken)
  --report FILE  writes what was measured as JSON
  --exit         ends when the last scenario has; otherwise, on a terminal, Backstage is left open
  --help         this text

Exit status: 0 when everything ended as it should, 1 when not, 2 for a wrong command line.`;

export function list(): string {
  const width = Math.max(...allScenarios.map(({ name }) => name.length));
  return allScenarios.map(({ name, title, expected }) => `${name.padEnd(width)}  ${title}: ${expected}`).join('\n');
}

/** @throws {UsageError} */
export function parseCommand(parameters: readonly string[]): Command {
  const values = read(parameters);
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  const pace = {
    speed: values.speed === undefined ? 10 : within('--speed', values.speed, 1, 60, Number),
    port: values.port === undefined ? null : within('--port', values.port, 1, 65_535, whole),
  };
  if (values.keep) {
    const played = (['scenario', 'report', 'exit'] as const).filter((name) => values[name]);
    if (played.length === 0) return { kind: 'keep', ...pace };
    throw new UsageError(`--keep plays nothing, so --${played.join(', --')} makes no sense with it. Leave one out.`);
  }
  return {
    kind: 'play',
    ...pace,
    scenario: values.scenario === undefined ? null : named(values.scenario),
    report: values.report === undefined ? null : writable(values.report),
    exit: values.exit,
  };
}

function read(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        list: { type: 'boolean', default: false },
        exit: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        scenario: { type: 'string' },
        speed: { type: 'string' },
        port: { type: 'string' },
        report: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\nSee: npm run local -- --help`);
  }
}

function named(name: string): Scenario | 'schema' {
  if (name === 'schema') return name;
  try {
    return scenarioNamed(name);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const whole = (text: string) => (/^\d+$/.test(text) ? Number(text) : Number.NaN);

function within(name: string, text: string, least: number, most: number, toNumber: (text: string) => number): number {
  const value = text.trim() === '' ? Number.NaN : toNumber(text);
  if (value >= least && value <= most) return value;
  throw new UsageError(`${name} is "${text}"; it takes a number from ${least} to ${most}.`);
}

function writable(file: string): string {
  const path = resolve(file);
  const folder = dirname(path);
  if (!existsSync(folder))
    throw new UsageError(`--report is "${file}"; there is no folder ${folder}. Create it first.`);
  if (existsSync(path) && statSync(path).isDirectory())
    throw new UsageError(`--report is "${file}", which is a folder.`);
  return path;
}
