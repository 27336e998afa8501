import { z } from 'zod';
import { withDomain } from './domain.ts';
import { type EnvironmentConfig, type EnvironmentName, environmentSchema } from './environment-schema.ts';
import { dev } from './environments/dev.ts';
import { local } from './environments/local.ts';
import { production } from './environments/production.ts';

export type { EnvironmentConfig, EnvironmentName } from './environment-schema.ts';
export type { ServiceConfig } from './service-schema.ts';

const files: ReadonlyMap<unknown, unknown> = new Map<EnvironmentName, unknown>([
  ['local', local],
  ['dev', dev],
  ['production', production],
]);

export const environmentNamesAllowed = [...files.keys()].map(String);

/** The configuration does not fit its schema; the message names each value, what is allowed, and how to mend it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * The checked configuration of one environment.
 *
 * @param name as given by `-c environment=…`
 * @throws ConfigError for an unknown environment, and for a file that does not fit the schema
 */
export function environmentConfig(name: unknown): EnvironmentConfig {
  if (!files.has(name)) {
    throw new ConfigError(
      `${name === undefined ? 'No environment given' : `Unknown environment ${JSON.stringify(name)}`}. ` +
        `Allowed: ${environmentNamesAllowed.join(', ')}. Give one of them: -c environment=${environmentNamesAllowed[0]}`,
    );
  }
  return checkConfig(files.get(name), `lib/config/environments/${String(name)}.ts`);
}

/**
 * @param source the file that the input comes from, for the message
 * @throws ConfigError when the input does not fit the schema
 */
export function checkConfig(given: unknown, source: string): EnvironmentConfig {
  const input = withDomain(given);
  const result = environmentSchema.safeParse(input);
  if (result.success) return result.data;
  const complaints = result.error.issues.flatMap((issue) => complain(issue, input));
  throw new ConfigError([`${source} does not fit the schema:`, ...complaints].join('\n  '));
}

function complain(issue: z.core.$ZodIssue, input: unknown): string[] {
  const place = issue.path.join('.');
  const value = valueAt(input, issue.path);
  if (issue.code === 'invalid_key') {
    const name = show(issue.path.at(-1));
    return issue.issues.map(({ message }) => `${place}: the name ${name} is refused: ${message}. Change it there.`);
  }
  if (issue.code !== 'unrecognized_keys') {
    return [`${place}: ${show(value)} is refused: ${issue.message}. Change it there.`];
  }
  return issue.keys.map(
    (key) =>
      `${[...issue.path, key].join('.')}: unknown key ${show(key)} with value ${show(valueAt(value, [key]))}. ` +
      `Allowed: ${keysAt(environmentSchema, issue.path).join(', ')}. Correct its spelling or remove it.`,
  );
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }
  return value;
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let at: z.core.$ZodType = unwrap(schema);
  for (const key of path) {
    if (at instanceof z.ZodObject) at = unwrap(at.shape[String(key)]);
    else if (at instanceof z.ZodRecord) at = unwrap(at.valueType);
    else if (at instanceof z.ZodArray) at = unwrap(at.element);
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodNullable || schema instanceof z.ZodDefault ? unwrap(schema.unwrap()) : schema;
}

/** Of a value, in characters: nobody reads a whole service in an error. */
const longestShown = 200;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
