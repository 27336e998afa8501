import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { enginePrograms, ImageError } from '../engine.ts';
import { checkImage } from './check.ts';
import { type Contained, folderContained, imageContained } from './container.ts';

const root = resolve(import.meta.dirname, '../../..');

const help = `Tests an image of Backstage against the contract that releases rely on (docs/image-contract.md).

  npm run image -- check [FOLDER]   an app's folder, installed and built, with its Dockerfile; backstage unless given
  npm run image -- check IMAGE      an image that Docker or Podman has, on Linux

Starts a PostgreSQL of its own and processes of the image on it, for a minute or two. Exit status: 0 when every clause is
kept, 1 when not, 2 for a wrong command line.`;

/** @param args what follows `check` @returns the exit status */
export async function check(args: readonly string[]): Promise<0 | 1 | 2> {
  let wanted: string;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', default: false } },
    });
    if (values.help || positionals.length > 1) {
      (values.help ? console.log : console.error)(help);
      return values.help ? 0 : 2;
    }
    wanted = positionals[0] ?? resolve(root, 'backstage');
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return 2;
  }
  const contained = subjectOf(wanted);
  console.log(contained.name);
  const checked = await checkImage(contained, ({ clause, complaint }) => {
    console.log(`  ${complaint === null ? '✓' : '✗'} ${clause}${complaint === null ? '' : `\n    ${complaint}`}`);
  });
  return checked.every(({ complaint }) => complaint === null) ? 0 : 1;
}

function subjectOf(wanted: string): Contained {
  if (existsSync(wanted) && statSync(wanted).isDirectory()) return folderContained(resolve(wanted));
  const program = enginePrograms()[0];
  if (program === undefined) {
    throw new ImageError(
      `There is no folder ${wanted}, and neither docker nor podman answers, which would know an image of that name.`,
    );
  }
  return imageContained(program, wanted);
}
