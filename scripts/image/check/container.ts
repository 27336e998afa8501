import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ImageError } from '../engine.ts';

const inspectedSchema = z.array(z.object({ Config: z.object({ Cmd: z.array(z.string()).nullish() }) }));

/** How an image's processes are started: from a folder as the image would contain it, or by a container engine. */
export interface Contained {
  /** In words. */
  readonly name: string;
  /** The image's own command, with which a task serves. */
  readonly command: readonly string[];
  start(command: readonly string[], env: Readonly<Record<string, string>>): ChildProcess;
}

/** The folder of an app, installed and built; its Dockerfile says how it is started. @throws ImageError */
export function folderContained(folder: string): Contained {
  const command = commandOf(join(folder, 'Dockerfile'));
  return {
    name: folder,
    command,
    start: ([program = '', ...parameters], env) =>
      spawn(program, parameters, { cwd: folder, env: { ...path(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] }),
  };
}

/**
 * An image that Docker or Podman has, in the host's network, which Linux alone has for containers
 * (https://docs.docker.com/engine/network/drivers/host/). @throws ImageError
 */
export function imageContained(program: string, image: string): Contained {
  const { status, stdout, stderr } = spawnSync(program, ['image', 'inspect', image], { encoding: 'utf8' });
  if (status !== 0) throw new ImageError(`${program} has no image ${image}: ${stderr.trim()}. Build or pull it first.`);
  const [found] = inspectedSchema.parse(JSON.parse(stdout));
  const command = found?.Config.Cmd ?? [];
  return {
    name: image,
    command,
    start: (wanted, env) => {
      const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
      // What a task's own command is to an image with an entry point, it is here too.
      const parameters = ['run', '--rm', '--network', 'host', ...variables, image, ...wanted];
      return spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    },
  };
}

/** The last CMD of a Dockerfile, in its form with brackets. */
export function commandOf(file: string): string[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const last = [...text.matchAll(/^CMD\s+(\[.*\])\s*$/gm)].at(-1)?.[1];
  if (last === undefined) throw new ImageError(`${file} has no CMD ["…"]: what starts a task cannot be told.`);
  const command: unknown = JSON.parse(last);
  if (!Array.isArray(command) || !command.every((word) => typeof word === 'string')) {
    throw new ImageError(`${file}: CMD ${last} is no list of words.`);
  }
  return command;
}

function path(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/tmp' };
}
