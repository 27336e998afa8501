import type { Engine } from './engine.ts';

export interface BuildOptions {
  /** The folder with the Dockerfile. */
  readonly folder: string;
  /** What the image is called: `backstage`. */
  readonly name: string;
  /** Part of the image's name, and what it says of itself. */
  readonly version: string;
  /** The commit that it is built from; empty when nobody knows. */
  readonly commit: string;
}

/** Tasks run on Graviton: see the shape's runtime platform. */
const platform = 'linux/arm64';

/** Builds the image for the machines that tasks run on, and returns its local name. */
export async function build(engine: Engine, { folder, name, version, commit }: BuildOptions): Promise<string> {
  const image = `understudy/${name}:${version}`;
  const args = [`APP_VERSION=${version}`, `APP_COMMIT=${commit}`].flatMap((each) => ['--build-arg', each]);
  await engine(['build', '--platform', platform, '--tag', image, ...args, folder]);
  return image;
}
