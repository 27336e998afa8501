import { environmentNames } from '../../lambda/domain/names.ts';
import { isPortFree } from '../compute/free-port.ts';
import { PortTakenError } from '../network/listening.ts';
import type { Stage } from '../stage-api.ts';
import { help, type KeepCommand, list, type PlayCommand, parseCommand, UsageError } from './arguments.ts';
import { Progress } from './progress.ts';

/** The terminal sends Ctrl-C to npm, to what it started, and to us, and they pass it on: one press is one signal. */
const samePressMs = 1000;
const stoppingMs = 20_000;

const { stdin, stdout } = process;
const progress = new Progress({
  write: (text) => stdout.write(text),
  isTerminal: stdout.isTTY,
  columns: stdout.columns || 80,
});

let running: Stage | null = null;
let endingSince: number | null = null;
/** Of everything that was asked for, once it has been done. */
let done: number | null = null;

/** Ends the process; what a stage that hangs leaves behind, its guardian removes. */
async function end(status: number, why: string | null): Promise<never> {
  endingSince = performance.now();
  if (why !== null) progress.say(`\n${why}`);
  progress.close();
  setTimeout(() => process.exit(status), stoppingMs).unref();
  await running?.stop().catch((error: unknown) => console.error('The stage did not stop cleanly:', error));
  process.exit(status);
}

function interrupted(status: number): void {
  if (endingSince === null) void end(done ?? status, 'Stopping …');
  else if (performance.now() - endingSince > samePressMs) process.exit(status);
}

function howToLook({ client, environment, url }: Stage): string {
  const { accessKeyId, secretAccessKey } = client.credentials;
  return [
    `Backstage  ${url}`,
    `AWS CLI    export AWS_ENDPOINT_URL=${client.endpoint} AWS_REGION=${client.region} \\`,
    `             AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    `           aws ecs list-tasks --cluster ${environmentNames(environment).cluster}`,
    '           aws deploy list-deployments; aws deploy get-deployment --deployment-id …',
  ].join('\n');
}

async function main(command: PlayCommand | KeepCommand): Promise<void> {
  process.on('SIGINT', () => interrupted(130));
  process.on('SIGTERM', () => interrupted(143));
  process.on('SIGHUP', () => interrupted(129));
  // Whoever started us is gone.
  process.on('disconnect', () => interrupted(129));

  const { speed, port } = command;
  // Told at once, not after the stage has been built.
  if (port !== null && !(await isPortFree(port))) throw new PortTakenError(port);
  progress.say('Starting the stage …');
  const [{ startStage }, { runTour }, { keep }] = await Promise.all([
    import('../stage.ts'),
    import('./tour.ts'),
    import('./keep.ts'),
  ]);
  const stage: Stage = await startStage({ speed, port, progress: (line: string) => progress.say(`  ${line}`) });
  running = stage;
  if (endingSince !== null) return end(130, null);
  progress.say(howToLook(stage));
  if (command.kind === 'keep') {
    await keep(stage, progress);
    done = 0;
    return forever();
  }
  done = (await runTour(command, stage, progress)) ? 0 : 1;
  const stays = stdout.isTTY && stdin.isTTY && !command.exit;
  if (!stays) return end(done, null);
  progress.say(`\nBackstage is open at ${stage.url}. Ctrl-C ends everything.`);
  return forever();
}

/** Until somebody ends the process. */
function forever(): Promise<never> {
  return new Promise(() => setInterval(() => {}, 60_000));
}

try {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === 'help') progress.say(help);
  else if (command.kind === 'list') progress.say(list());
  else await main(command);
} catch (error) {
  // What a person can mend is told in words; of anything else it helps to know where it came from.
  if (error instanceof UsageError) await end(2, error.message);
  else if (error instanceof PortTakenError) await end(1, error.message);
  else if (endingSince === null) await end(1, error instanceof Error ? (error.stack ?? error.message) : String(error));
}
