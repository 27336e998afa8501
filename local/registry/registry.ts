import { ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';

export interface StoredImage {
  readonly digest: string;
  readonly pushedAt: number;
  readonly tags: ReadonlySet<string>;
}

interface Repository {
  readonly images: Map<string, { pushedAt: number; tags: Set<string> }>;
  immutable: boolean;
}

/** What a registry would call a manifest: it stands for the image, and names it. */
export function manifestOf(digest: string): string {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  return JSON.stringify({ schemaVersion: 2, mediaType, config: { digest } });
}

export function digestOf(manifest: string): string {
  try {
    return String(JSON.parse(manifest).config.digest);
  } catch (error) {
    throw new ServiceError('InvalidParameterException', `Not a manifest of the stage's registry: ${String(error)}`);
  }
}

/** ECR: which images there are, and what they are called. Their contents are elsewhere, under their digests. */
export class Registry {
  readonly #clock: Clock;
  readonly #repositories = new Map<string, Repository>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  repositories(): { readonly name: string; readonly immutable: boolean }[] {
    return [...this.#repositories].map(([name, { immutable }]) => ({ name, immutable }));
  }

  createRepository(name: string, immutable: boolean): void {
    const existing = this.#repositories.get(name);
    if (existing === undefined) this.#repositories.set(name, { images: new Map(), immutable });
    else existing.immutable = immutable;
  }

  /**
   * Pushes an image, or gives the image one more tag. In a repository of immutable tags a tag stays with its
   * image; in any, a push that would change nothing is refused.
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
   * @throws ServiceError ImageTagAlreadyExistsException, ImageAlreadyExistsException, RepositoryNotFoundException
   */
  push(repository: string, digest: string, tag: string | null): void {
    const { images, immutable } = this.#existing(repository);
    const image = images.get(digest);
    if (image !== undefined && (tag === null || image.tags.has(tag))) {
      const name = tag === null ? '' : ` and tag '${tag}'`;
      const message = `Image with digest '${digest}'${name} already exists in the '${repository}' repository.`;
      throw new ServiceError('ImageAlreadyExistsException', message);
    }
    const owner = tag === null ? null : this.find(repository, tag);
    if (owner !== null && immutable) {
      const message = `The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.`;
      throw new ServiceError('ImageTagAlreadyExistsException', message);
    }
    if (owner !== null && tag !== null) images.get(owner.digest)?.tags.delete(tag);
    const stored = image ?? { pushedAt: this.#clock.now(), tags: new Set<string>() };
    if (tag !== null) stored.tags.add(tag);
    images.set(digest, stored);
  }

  /** As a lifecycle policy does, or a person. */
  remove(repository: string, digest: string): void {
    this.#existing(repository).images.delete(digest);
  }

  /** By tag or digest; null when the repository has no such image. */
  find(repository: string, tagOrDigest: string): StoredImage | null {
    return this.images(repository).find(({ digest, tags }) => digest === tagOrDigest || tags.has(tagOrDigest)) ?? null;
  }

  /** Oldest first. */
  images(repository: string): StoredImage[] {
    return [...this.#existing(repository).images].map(([digest, image]) => ({ digest, ...image }));
  }

  #existing(name: string): Repository {
    const repository = this.#repositories.get(name);
    if (repository !== undefined) return repository;
    const message = `The repository with name '${name}' does not exist in the registry`;
    throw new ServiceError('RepositoryNotFoundException', message);
  }
}
