import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { SchemaError } from './SchemaError';
import type { Unplaced } from './types';

export const MANIFEST_FORMAT = 1;

/** The migrations that one image contains, by plugin: what `manifest` writes and `down --to` reads. */
export interface Manifest {
  readonly ok: true;
  readonly format: typeof MANIFEST_FORMAT;
  readonly plugins: readonly ManifestPlugin[];
  readonly unplaced: readonly Unplaced[];
}

export interface ManifestPlugin {
  readonly plugin: string;
  readonly sets: readonly {
    readonly package: string;
    readonly table: string;
    readonly migrations: readonly string[];
  }[];
}

/**
 * A task's command is short of room and has no files: beside a file and `-` (standard input), the manifest itself is
 * taken, as JSON or as gzip in base64.
 */
export function readManifest(source: string): Manifest {
  return parseManifest(textOf(source), source.length > 60 ? `${source.slice(0, 60)}…` : source);
}

function textOf(source: string): string {
  if (source.trimStart().startsWith('{')) return source;
  try {
    if (source.startsWith(GZIP_IN_BASE64)) return gunzipSync(Buffer.from(source, 'base64')).toString('utf8');
    return readFileSync(source === '-' ? 0 : source, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SchemaError('manifest', `Cannot read the manifest ${source}: ${reason}`, {}, { cause: error });
  }
}

const GZIP_IN_BASE64 = 'H4sI';

export function parseManifest(text: string, name: string): Manifest {
  const no = (reason: string): SchemaError =>
    new SchemaError('manifest', `${name} is no manifest: ${reason}. Write one with backstage-schema manifest --json`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw no('it is not JSON');
  }
  if (!isObject(value)) throw no('it is not an object');
  if (value.format !== MANIFEST_FORMAT) {
    throw no(`its format is ${JSON.stringify(value.format) ?? 'missing'}, not ${MANIFEST_FORMAT}`);
  }
  if (!isListOf(value.plugins, isPlugin))
    throw no('its plugins are not {plugin, sets: [{package, table, migrations}]}');
  // An image of which nothing was understood would have everything unwound.
  if (value.plugins.length === 0) throw no('it names no plugin');
  if (!isListOf(value.unplaced, isObject)) throw no('its unplaced packages are not a list');
  return value as unknown as Manifest;
}

function isPlugin(value: unknown): value is ManifestPlugin {
  return isObject(value) && typeof value.plugin === 'string' && isListOf(value.sets, isSet);
}

function isSet(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.package === 'string' &&
    typeof value.table === 'string' &&
    isListOf(value.migrations, (name) => typeof name === 'string')
  );
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(isItem);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
