import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ImageError } from '../engine.ts';

const inspectedSchema = z.array(z.object({ Config: z.object({ Cmd: z.array(z.string()).nullish() }) }));

const killMs = 30_000;

/** A process of the image. */
export interface Started {
  /** Its output and its end; a SIGTERM to it is one to the process of the image. */
  readonly child: ChildProcess;
  /** Ends it at once, whatever it does. @throws ImageError when it may have outlived that */
  kill(): Promise<void>;
}

/** How an image's processes are started: from a folder as the image would contain it, or by a container engine. */
export interface Contained {
  /** In words. */
  readonly name: string;
  /** The image's own command, with which a task serves. */
  readonly command: readonly string[];
  start(command: readonly string[], env: Readonly<Record<string, string>>): Started;
}

/** The folder of an app, installed and built; its Dockerfile says how it is started. @throws ImageError */
export function folderContained(folder: string): Contained {
  const command = commandOf(join(folder, 'Dockerfile'));
  return {
    name: folder,
    command,
    start: ([program = '', ...parameters], env) => {
      const options = { cwd: folder, env: { ...path(), ...env } };
      const child = spawn(program, parameters, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
      return { child, kill: async () => void child.kill('SIGKILL') };
    },
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
      const container = `understudy-check-${randomUUID()}`;
      // What a task's own command is to an image with an entry point, it is here too.
      const parameters = ['run', '--rm', '--name', container, '--network', 'host', ...variables, image, ...wanted];
      const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
      return { child, kill: () => killContainer(program, container, child) };
    },
  };
}

/**
 * A SIGKILL is the one signal that the engine's client cannot pass on to the container, which would live on in the
 * host's network and keep its port: the engine itself has to send it.
 */
function killContainer(program: string, container: string, client: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program, ['kill', container], { timeout: killMs }, (error, _stdout, stderr) => {
      if (error === null) return resolve();
      client.kill('SIGKILL');
      const why = stderr.trim() || error.message;
      reject(new ImageError(`${program} could not kill the container ${container}, which may still run: ${why}`));
    });
  });
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
