import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { contentDigest, type Digest } from './digest.ts';

/** What is too big to copy into an image: the image links to it as `base/`. */
export interface ImageBase {
  readonly folder: string;
  readonly digest: Digest;
}

/**
 * How an image is made. `{image}` stands for the image's own folder in `command`, `env` and `path`.
 */
export interface ImageRecipe {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory, relative to the image's folder. */
  readonly cwd?: string;
  /** Folders of programs, searched before the machine's own. */
  readonly path?: readonly string[];
  readonly base?: ImageBase;
  /** By name inside the image: text, or a file to copy. */
  readonly files?: Readonly<Record<string, string | { readonly copy: string }>>;
}

/** An image as a runtime starts it: every placeholder filled in. */
export interface Image {
  readonly digest: Digest;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly path: readonly string[];
}

const manifestSchema = z.strictObject({
  command: z.array(z.string()).readonly(),
  env: z.record(z.string(), z.string()),
  cwd: z.string(),
  path: z.array(z.string()).readonly(),
  base: z.string().nullable(),
});

/** Raised as ECS words it in a stopped task's reason. */
export class CannotPullContainerError extends Error {
  constructor(image: string, why: string) {
    super(`CannotPullContainerError: pull image manifest for ${image}: ${why}`);
    this.name = 'CannotPullContainerError';
  }
}

/**
 * Images as content-addressed folders. An image is named by the digest of its files (`image.json`
 * among them, which names the digest of its base), so the same recipe always gives the same image.
 */
export class ImageStore {
  readonly #folder: string;
  readonly #publicImages = new Map<string, Digest>();

  /** @param folder must exist, or be creatable; the store owns what is in it. */
  constructor(folder: string) {
    this.#folder = resolve(folder);
  }

  async build(recipe: ImageRecipe): Promise<Image> {
    const building = join(this.#folder, `building-${randomUUID()}`);
    await mkdir(building, { recursive: true });
    const manifest: z.infer<typeof manifestSchema> = {
      command: recipe.command,
      env: recipe.env ?? {},
      cwd: recipe.cwd ?? '.',
      path: recipe.path ?? [],
      base: recipe.base?.digest ?? null,
    };
    const files: NonNullable<ImageRecipe['files']> = {
      ...recipe.files,
      'image.json': `${JSON.stringify(manifest, null, 2)}\n`,
    };
    for (const [name, content] of Object.entries(files)) {
      const path = join(building, name);
      await mkdir(dirname(path), { recursive: true });
      await (typeof content === 'string' ? writeFile(path, content) : copyFile(content.copy, path));
    }
    if (recipe.base) await symlink(resolve(recipe.base.folder), join(building, 'base'));
    const digest = await contentDigest(building);
    await rm(this.#path(digest), { recursive: true, force: true });
    await rename(building, this.#path(digest));
    return this.#load(digest);
  }

  /** Makes `image` (a public image's name without tag) stand for a built one. */
  addPublic(image: string, digest: Digest): void {
    this.#publicImages.set(image, digest);
  }

  /**
   * @param image `repository@sha256:…`, or a public image's name with or without tag
   * @throws {CannotPullContainerError} when there is no such image
   */
  async resolve(image: string): Promise<Image> {
    const hex = /@sha256:([0-9a-f]{64})$/.exec(image)?.[1];
    const digest: Digest | undefined = hex ? `sha256:${hex}` : this.#publicImages.get(image.replace(/:[^:/]+$/, ''));
    if (!digest) throw new CannotPullContainerError(image, 'a tag says nothing here: name the image by its digest');
    if (!existsSync(this.#path(digest))) throw new CannotPullContainerError(image, 'not found');
    return this.#load(digest);
  }

  #path(digest: Digest): string {
    return join(this.#folder, digest.replace(':', '-'));
  }

  async #load(digest: Digest): Promise<Image> {
    const folder = this.#path(digest);
    const manifest = manifestSchema.parse(JSON.parse(await readFile(join(folder, 'image.json'), 'utf8')));
    const fill = (text: string) => text.replaceAll('{image}', folder);
    return {
      digest,
      command: manifest.command.map(fill),
      env: Object.fromEntries(Object.entries(manifest.env).map(([name, value]) => [name, fill(value)])),
      cwd: resolve(folder, manifest.cwd),
      path: manifest.path.map(fill),
    };
  }
}
