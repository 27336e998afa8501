import type { ServiceName } from '../clients.ts';
import type { Input } from './inputs.ts';
import type { Context, Permission } from './policy.ts';

/** Asks the stage's own models what a request does not say itself, with an administrator's rights. */
export type LookUp = (service: ServiceName, operation: string, input: object) => Promise<unknown>;

/** The permissions that one operation takes, all of them. */
export type Rule = (input: Input, lookUp: LookUp) => Permission[] | Promise<Permission[]>;

export function on(action: string, resources: readonly string[], context: Context = {}): Permission[] {
  return [...new Set(resources)].map((resource) => ({ action, resource, context }));
}

/** An action without resource types: only a statement on `*` allows it. */
export function everywhere(action: string): Rule {
  return () => on(action, ['*']);
}
