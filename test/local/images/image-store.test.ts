import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { contentDigest } from '../../../local/images/digest.ts';
import { CannotPullContainerError, ImageStore } from '../../../local/images/image-store.ts';

describe('an image', () => {
  let folder: string;
  let images: ImageStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-test-'));
    images = new ImageStore(join(folder, 'images'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  test('is named by its content: the same recipe gives the same image, any difference another', async () => {
    const recipe = { command: ['node', 'a.js'], files: { 'a.js': '1' } };
    const { digest } = await images.build(recipe);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect((await images.build(recipe)).digest).toBe(digest);
    const others = [
      { ...recipe, files: { 'a.js': '2' } },
      { ...recipe, files: { 'b.js': '1' } },
      { ...recipe, command: ['node', 'b.js'] },
      { ...recipe, env: { APP_VERSION: '2' } },
      { ...recipe, base: { folder, digest: `sha256:${'0'.repeat(64)}` } as const },
    ];
    const digests = await Promise.all(others.map(async (other) => (await images.build(other)).digest));
    expect(new Set([digest, ...digests]).size).toBe(6);
    expect(await readdir(join(folder, 'images'))).toHaveLength(6);
  });

  test('is found by digest, with its placeholders filled in and its base linked', async () => {
    const base = join(folder, 'base');
    await mkdir(base);
    const { digest } = await images.build({
      command: ['node', '{image}/fault.cjs'],
      cwd: 'base',
      path: ['{image}/bin'],
      base: { folder: base, digest: await contentDigest(base) },
    });
    const image = await images.resolve(`1.dkr.ecr.us-east-1.amazonaws.com/app@${digest}`);
    const own = join(folder, 'images', digest.replace(':', '-'));
    expect(image).toMatchObject({ digest, command: ['node', `${own}/fault.cjs`], path: [`${own}/bin`] });
    expect(await realpath(image.cwd)).toBe(await realpath(base));
  });

  test('that is public is found by its name, whatever the tag', async () => {
    const { digest } = await images.build({ command: ['node'] });
    images.addPublic('public.ecr.aws/docker/library/node', digest);
    expect(await images.resolve('public.ecr.aws/docker/library/node:24-slim')).toMatchObject({ digest });
    expect(await images.resolve('public.ecr.aws/docker/library/node')).toMatchObject({ digest });
  });

  test.each(['app:latest', `app@sha256:${'1'.repeat(64)}`, 'localhost:5000/app'])(
    'that is not there cannot be pulled: %s',
    async (name) => {
      await expect(images.resolve(name)).rejects.toThrow(CannotPullContainerError);
      await expect(images.resolve(name)).rejects.toThrow(name);
    },
  );

  test('does not depend on what is skipped', async () => {
    const before = await contentDigest(folder, (name) => name === 'node_modules');
    await mkdir(join(folder, 'node_modules'));
    await writeFile(join(folder, 'node_modules/x'), '1');
    expect(await contentDigest(folder, (name) => name === 'node_modules')).toBe(before);
    expect(await contentDigest(folder)).not.toBe(before);
  });
});
