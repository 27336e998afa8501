import { Account } from './account.ts';
import { explained } from './aws-errors.ts';
import { type Command, commandHelp, invocation, readArguments } from './command.ts';
import { commands } from './commands.ts';
import { type ExitCode, exitCodes, exitCodesText } from './exit-codes.ts';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';
import { targetOf } from './target.ts';

/** Does what the command line says. Never throws: what goes wrong is told on stderr, in words. */
export async function main(parameters: readonly string[], io: Io): Promise<ExitCode> {
  const [name = '--help', ...rest] = parameters;
  try {
    if (name === '--help' || name === '-h' || name === 'help') {
      io.stdout.write(`${help()}\n`);
      return exitCodes.done;
    }
    const command = commands.find((each) => each.name === name);
    if (command === undefined) {
      const names = commands.map((each) => each.name).join(', ');
      throw new Failure(`There is no command "${name}". There are: ${names}.\nSee: ${invocation} --help`);
    }
    return await run(command, rest, io);
  } catch (error) {
    if (io.interrupted.aborted) return exitCodes.interrupted;
    if (!(error instanceof Failure)) {
      io.stderr.write(`This is a defect of the command: ${error instanceof Error ? error.stack : String(error)}\n`);
      return exitCodes.lostSight;
    }
    io.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

async function run(command: Command, parameters: readonly string[], io: Io): Promise<ExitCode> {
  const { positionals, values } = readArguments(command, parameters);
  if (values.help === true) {
    io.stdout.write(`${commandHelp(command)}\n`);
    return exitCodes.done;
  }
  const target = targetOf(values, io.env);
  try {
    return await command.run({ positionals, values, account: new Account(target), io });
  } catch (error) {
    throw explained(error, target) ?? error;
  }
}

function help(): string {
  const width = Math.max(...commands.map(({ name, positionals }) => [name, ...positionals].join(' ').length));
  return [
    'Releases new versions of services, takes them back, and tells how things stand.',
    '',
    `  ${invocation} COMMAND [options]`,
    '',
    ...commands.map(({ name, positionals, description }) => {
      const [first = ''] = description.split(/(?<=\.) |\n/);
      return `  ${[name, ...positionals].join(' ').padEnd(width)}  ${first}`;
    }),
    '',
    `${invocation} COMMAND --help tells more, with examples.`,
    '',
    'Every command takes --environment NAME (or UNDERSTUDY_ENVIRONMENT), --region REGION, --json, and, for the local',
    'stage, --endpoint http://127.0.0.1:PORT (or AWS_ENDPOINT_URL). Credentials are those of the AWS CLI.',
    '',
    exitCodesText,
  ].join('\n');
}
