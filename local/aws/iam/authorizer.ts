import type { Authorize } from '../endpoint.ts';
import { ServiceError } from '../operation.ts';
import { decide, like, type Permission } from './policy.ts';
import type { Roles } from './roles.ts';
import type { LookUp } from './rule.ts';
import { rules } from './rules.ts';

/**
 * Holds each function to the policies of its synthesized role, so that a permission that is missing in the
 * templates is found on a laptop. What an administrator calls is not looked at.
 */
export class Authorizer {
  readonly #roles: Roles;
  readonly #lookUp: LookUp;
  readonly #used = new Map<string, Set<string>>();
  readonly #refused: string[] = [];

  constructor(roles: Roles, lookUp: LookUp) {
    this.#roles = roles;
    this.#lookUp = lookUp;
  }

  readonly authorize: Authorize = async ({ service, operation, input, caller }) => {
    if (caller.role === null) return;
    const rule = rules[`${service}:${operation}`];
    if (rule === undefined) {
      const message =
        `The stage does not know which permissions ${service}:${operation} takes, so role ${caller.role} ` +
        `may not call it. Add the operation to local/aws/iam/rules.ts.`;
      throw this.#refusal(message);
    }
    for (const permission of await rule(Object(input), this.#lookUp)) this.demand(caller.role, permission);
  };

  /** @throws ServiceError AccessDeniedException, worded as AWS words it */
  demand(role: string, permission: Permission): void {
    const { action, resource } = permission;
    const decision = decide(this.#roles.statements(role), permission);
    if (decision !== 'allowed') {
      const reason =
        decision === 'not allowed'
          ? `because no identity-based policy allows the ${action} action`
          : 'with an explicit deny in an identity-based policy';
      throw this.#refusal(`Role ${role} is not authorized to perform: ${action} on resource: ${resource} ${reason}`);
    }
    const used = this.#used.get(role) ?? new Set<string>();
    this.#used.set(role, used.add(action));
  }

  #refusal(message: string): ServiceError {
    this.#refused.push(message);
    return new ServiceError('AccessDeniedException', message);
  }

  /** What every role was refused so far. */
  get refused(): readonly string[] {
    return this.#refused;
  }

  /** Actions that a role needed so far: asked for, and allowed. */
  used(role: string): ReadonlySet<string> {
    return this.#used.get(role) ?? new Set<string>();
  }

  /** Actions, or patterns of them, that a role's policies allow and nothing has needed so far. */
  unused(role: string): string[] {
    const used = [...this.used(role)].map((action) => action.toLowerCase());
    const allowed = this.#roles.statements(role).filter(({ effect }) => effect === 'Allow');
    const actions = new Set(allowed.flatMap((statement) => statement.actions));
    return [...actions].filter((pattern) => !used.some((action) => like(action, pattern.toLowerCase())));
  }
}
