import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from './run.ts';

/** Versions of the `@backstage/…` packages that belong to one release, by name. */
export interface ReleaseList {
  readonly release: string;
  readonly packages: Readonly<Record<string, string>>;
}

const createApp = '@backstage/create-app';
const moduleSchema = z.object({ packageVersions: z.object({ root: z.string() }).catchall(z.string()) });

/** The list that one version of create-app was published with. */
type ReadList = (createAppVersion: string) => Promise<ReleaseList>;

/**
 * The packages of a published Backstage release, by the release's own word: each version of create-app contains the
 * number of the release that it was published with, and the versions that an app of it is made of
 * (`dist/lib/versions.cjs.js`, https://github.com/backstage/backstage/blob/master/packages/create-app/src/lib/versions.ts).
 * @throws when no version of create-app belongs to it: a patch release that left create-app alone, or one from before
 * create-app was published in this form (1.41)
 */
export async function releaseList(release: string): Promise<ReleaseList> {
  const versions = z.array(z.string()).parse(JSON.parse(await run('npm', ['view', createApp, 'versions', '--json'])));
  return findRelease(release, versions, readList);
}

/** Halves the list of versions: releases and versions of create-app have the same order. */
export async function findRelease(release: string, versions: readonly string[], read: ReadList): Promise<ReleaseList> {
  if (!/^\d+\.\d+\.\d+$/.test(release)) throw new Error(`"${release}" is no release of Backstage: such as 1.55.0`);
  const stable = versions.filter((version) => !version.includes('-')).toSorted(byVersion);
  const near: string[] = [];
  let [low, high] = [0, stable.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const list = await read(stable[middle] ?? '');
    if (list.release === release) return list;
    near.push(list.release);
    if (byVersion(list.release, release) < 0) low = middle + 1;
    else high = middle - 1;
  }
  const seen = near.toSorted(byVersion);
  const below = seen.findLast((other) => byVersion(other, release) < 0);
  const above = seen.find((other) => byVersion(other, release) > 0);
  const neighbours = [below, above].filter((other) => other !== undefined).join(' or ');
  throw new Error(`No published create-app names Backstage ${release}: take one of its neighbours, ${neighbours}`);
}

export function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  return (
    [0, 1, 2].map((part) => (left?.[part] ?? 0) - (right?.[part] ?? 0)).find((difference) => difference !== 0) ?? 0
  );
}

async function readList(version: string): Promise<ReleaseList> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-create-app-'));
  try {
    const archive = (await run('npm', ['pack', '--silent', `${createApp}@${version}`], { cwd: folder })).trim();
    await run('tar', ['-xzf', archive], { cwd: folder });
    const load = createRequire(join(folder, 'package', 'package.json'));
    const { root, ...packages } = moduleSchema.parse(load('./dist/lib/versions.cjs.js')).packageVersions;
    return { release: root, packages };
  } catch (error) {
    throw new Error(`${createApp} ${version} does not tell which release it belongs to`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
