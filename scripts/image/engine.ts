import { spawn, spawnSync } from 'node:child_process';

/** A program that builds images: Docker, or Podman, which takes the same commands. */
export type Engine = (args: readonly string[], input?: string) => Promise<string>;

/** The machine cannot do what was asked; the message says what it lacks. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

const programs = ['docker', 'podman'] as const;

const answers = (program: string): boolean =>
  spawnSync(program, ['version'], { stdio: 'ignore', timeout: 15_000 }).status === 0;

/** Those of Docker and Podman that answer. */
export function enginePrograms(): string[] {
  return programs.filter(answers);
}

/**
 * The first of Docker and Podman that answers; a client whose daemon is not running does not.
 *
 * @param works for tests
 * @throws ImageError when neither does
 */
export function findEngine(works: (program: string) => boolean = answers): Engine {
  const program = programs.find(works);
  if (program === undefined) {
    throw new ImageError(
      `Neither ${programs.join(' nor ')} answers on this machine: \`docker version\` has to end well. ` +
        'Install one of them, or start its daemon; an image cannot be built without.',
    );
  }
  return (args, input) => run(program, args, input);
}

/** What the program said on standard output; the rest goes where ours goes. */
function run(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString();
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(said.trim());
      else reject(new ImageError(`${program} ${args[0]} ended with exit status ${status}; what it said stands above.`));
    });
    // It may end before it has read all of it.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
