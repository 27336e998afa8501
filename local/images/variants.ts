import { join } from 'node:path';
import type { ImageBase, ImageRecipe } from './image-store.ts';

/** Versions of one application that differ in what is wrong with them. */
export const variants = ['healthy', 'crash', 'zombie', 'hang', 'errors', 'slow', 'late'] as const;
export type Variant = (typeof variants)[number];

const faults = join(import.meta.dirname, 'faults');

/** An application that variants can be made of. */
export interface Application {
  readonly base: ImageBase;
  /** Working directory, relative to the base. */
  readonly cwd: string;
  /** Parameters of `node` before and after the fault's own. */
  readonly node: readonly string[];
  /** Entry file and its parameters, relative to `cwd`. */
  readonly entry: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

const file = (name: string) => ({ [`faults/${name}.cjs`]: { copy: join(faults, `${name}.cjs`) } });

/**
 * The recipe of one version. A fault is a module that is loaded before the application (`zombie`: an
 * entry file in its place), in the image's own command only: one-off tasks that override the command
 * find a healthy image, as with a fault in the application's server code.
 * @param version shown by the application; also what makes two healthy versions two images
 */
export function recipe(application: Application, variant: Variant, version: string): ImageRecipe {
  const { base, cwd, node, entry, env } = application;
  const [main, ...parameters] = entry;
  const common = {
    base,
    cwd: join('base', cwd),
    path: ['{image}/base/node_modules/.bin'],
    env: { ...env, APP_VERSION: version },
  };
  if (variant === 'healthy') return { ...common, command: ['node', ...node, main, ...parameters] };
  if (variant === 'zombie') {
    return { ...common, command: ['node', ...node, '{image}/faults/zombie.cjs', ...parameters], files: file('zombie') };
  }
  return {
    ...common,
    command: ['node', '--require', `{image}/faults/${variant}.cjs`, ...node, main, ...parameters],
    files: { ...file(variant), ...file('intercept') },
  };
}

/** Backstage as its Dockerfile starts it. */
export function backstage(base: ImageBase): Application {
  return {
    base,
    cwd: '.',
    node: ['--require', '@backstage/cli-node/config/nodeTransform.cjs'],
    entry: ['packages/backend/src/index.ts', '--config', 'app-config.yaml', '--config', 'app-config.production.yaml'],
    env: { NODE_ENV: 'production' },
  };
}

/** The public image that the first deploy runs, before anything is released: Node and nothing else. */
export const publicNode: ImageRecipe = { command: ['node'] };
