import { parseArgs } from 'node:util';
import type { Account } from './account.ts';
import { type ExitCode, exitCodesText } from './exit-codes.ts';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';

export interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help: `N`, `TEXT`. */
  readonly value?: string;
  readonly help: string;
}
export type Options = Readonly<Record<string, Option>>;

/** Where a command works, and how it answers. */
export const commonOptions = {
  environment: { type: 'string', value: 'NAME', help: 'dev, production, …; also UNDERSTUDY_ENVIRONMENT' },
  region: { type: 'string', value: 'REGION', help: "AWS region; otherwise the profile's, or AWS_REGION" },
  endpoint: {
    type: 'string',
    value: 'URL',
    help: 'the local stage (see: npm run local -- --keep); also AWS_ENDPOINT_URL',
  },
  json: { type: 'boolean', help: 'answers in JSON, one document per line' },
  help: { type: 'boolean', help: 'this text' },
} as const satisfies Options;

export type Values<Given extends Options> = {
  readonly [Name in keyof Given]?: Given[Name]['type'] extends 'boolean' ? boolean : string;
};

export interface Call<Given extends Options> {
  readonly positionals: readonly string[];
  readonly values: Values<Given & typeof commonOptions>;
  readonly account: Account;
  readonly io: Io;
}

export interface Command<Given extends Options = Options> {
  readonly name: string;
  /** `SERVICE`, or `[SERVICE]` for one that may be left out. */
  readonly positionals: readonly string[];
  readonly description: string;
  readonly options: Given;
  /** Command lines without `npm run release --`, and what each does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  run(call: Call<Given>): Promise<ExitCode>;
}

/** How a person starts the CLI. */
export const invocation = 'npm run release --';

/**
 * Reads the command's part of the command line.
 * @throws Failure naming what is wrong and what is allowed
 */
export function readArguments<Given extends Options>(
  command: Command<Given>,
  parameters: readonly string[],
): Pick<Call<Given>, 'positionals' | 'values'> {
  const { values, positionals } = parse(command, parameters);
  const required = command.positionals.filter((name) => !name.startsWith('['));
  if (
    values['help'] !== true &&
    (positionals.length < required.length || positionals.length > command.positionals.length)
  ) {
    const takes = command.positionals.length === 0 ? 'no words of its own' : command.positionals.join(' ');
    const given = positionals.length === 0 ? 'nothing' : positionals.join(' ');
    throw new Failure(`${command.name} takes ${takes}; given: ${given}.\nSee: ${invocation} ${command.name} --help`);
  }
  // parseArgs has checked every option against its type.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { positionals, values: values as Values<Given & typeof commonOptions> };
}

function parse({ name, options }: Command, parameters: readonly string[]) {
  const known: Options = { ...options, ...commonOptions };
  const types = Object.fromEntries(Object.entries(known).map(([option, { type }]) => [option, { type }]));
  try {
    return parseArgs({ args: [...parameters], options: types, allowPositionals: true });
  } catch (error) {
    // Node adds a hint about "--" that only confuses.
    const [what] = (error instanceof Error ? error.message : String(error)).split('. To specify');
    const all = Object.keys(known).map((option) => `--${option}`);
    throw new Failure(`${what}. ${name} takes: ${all.join(' ')}.\nSee: ${invocation} ${name} --help`);
  }
}

export function commandHelp({ name, positionals, description, options, examples }: Command): string {
  return [
    `${invocation} ${[name, ...positionals].join(' ')} [options]`,
    '',
    description,
    ...(Object.keys(options).length > 0 ? ['', 'Options', ...table(options)] : []),
    '',
    'Where, and how it answers',
    ...table(commonOptions),
    '',
    'Examples',
    ...examples.flatMap(([line, meaning]) => [`  # ${meaning}`, `  ${invocation} ${line}`]),
    '',
    exitCodesText,
  ].join('\n');
}

function table(options: Options): string[] {
  const rows = Object.entries(options).map(([name, { value, help }]) => [`--${name}${value ? ` ${value}` : ''}`, help]);
  const width = Math.max(...rows.map(([left = '']) => left.length));
  return rows.map(([left = '', right]) => `  ${left.padEnd(width)}  ${right}`);
}
