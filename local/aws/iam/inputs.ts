import { arn, resourcePart } from '../arn.ts';

/** An operation's input, before its type is known. */
export type Input = Readonly<Record<string, unknown>>;

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

export function get(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined),
    value,
  );
}

/** Many operations take a name or an ARN. */
export function fullArn(value: unknown, service: string, resource: (name: string) => string): string {
  const given = text(value);
  return given.startsWith('arn:') ? given : arn(service, resource(given));
}

export function lastPart(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (resourcePart(nameOrArn).split('/').at(-1) ?? '') : nameOrArn;
}
