/** Keys of the request's context that conditions look at: `iam:PassedToService`, `ecs:cluster` … */
export type Context = Readonly<Record<string, string>>;

/** What a caller wants to do to one resource. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

/** One statement of a policy document. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly notActions: readonly string[] | null;
  readonly resources: readonly string[];
  readonly notResources: readonly string[] | null;
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly operator: Comparison;
  readonly key: string;
  readonly values: readonly string[];
  /** `…IfExists` and `ForAllValues:…`: a request without the key passes. */
  readonly ifExists: boolean;
}

type Comparison = (value: string, pattern: string) => boolean;

export type Decision = 'allowed' | 'denied explicitly' | 'not allowed';

/**
 * Everything is denied that no statement allows, and what any statement denies.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(statements: Iterable<Statement>, permission: Permission): Decision {
  let decision: Decision = 'not allowed';
  for (const statement of statements) {
    if (!applies(statement, permission)) continue;
    if (statement.effect === 'Deny') return 'denied explicitly';
    decision = 'allowed';
  }
  return decision;
}

function applies(statement: Statement, { action, resource, context }: Permission): boolean {
  const { actions, notActions, resources, notResources, conditions } = statement;
  const sameAction = (pattern: string): boolean => like(action.toLowerCase(), pattern.toLowerCase());
  const actionMatches = notActions === null ? actions.some(sameAction) : !notActions.some(sameAction);
  const sameResource = (pattern: string): boolean => like(resource, pattern);
  const resourceMatches = notResources === null ? resources.some(sameResource) : !notResources.some(sameResource);
  return actionMatches && resourceMatches && conditions.every((condition) => holds(condition, context));
}

function holds({ operator, key, values, ifExists }: Condition, context: Context): boolean {
  const value = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  if (value === undefined) return ifExists;
  return values.some((pattern) => operator(value, pattern));
}

/** Compiled once each: the same few patterns are held against every call. */
const expressions = new Map<string, RegExp>();

/** `*` stands for any characters, `?` for one. */
export function like(value: string, pattern: string): boolean {
  const expression = expressions.get(pattern) ?? compile(pattern);
  expressions.set(pattern, expression);
  return expression.test(value);
}

function compile(pattern: string): RegExp {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}

/**
 * A key that may have many values has one here, so that all of them and any of them are the same.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: (value, pattern) => value === pattern,
  StringEqualsIgnoreCase: (value, pattern) => value.toLowerCase() === pattern.toLowerCase(),
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: (value, pattern) => value.toLowerCase() === pattern.toLowerCase(),
};

/**
 * Reads a policy document as templates hold it, its intrinsics resolved.
 * @throws for what the stage does not evaluate, because guessing would make the refusal of calls worthless
 */
export function parsePolicy(document: unknown): Statement[] {
  const statements = asList(field(document, 'Statement'));
  return statements.map((statement) => {
    const effect = field(statement, 'Effect');
    if (effect !== 'Allow' && effect !== 'Deny') {
      throw new Error(`The Effect of a policy statement is Allow or Deny, not ${JSON.stringify(effect)}.`);
    }
    return {
      effect,
      actions: strings(field(statement, 'Action')),
      notActions: optionalStrings(field(statement, 'NotAction')),
      resources: strings(field(statement, 'Resource')),
      notResources: optionalStrings(field(statement, 'NotResource')),
      conditions: Object.entries(Object(field(statement, 'Condition') ?? {})).flatMap(([operator, keys]) =>
        Object.entries(Object(keys)).map(([key, values]) => parseCondition(operator, key, strings(values))),
      ),
    };
  });
}

function parseCondition(operator: string, key: string, values: string[]): Condition {
  const [, set, name = operator, suffix] = /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const ifExists = suffix !== undefined || set === 'ForAllValues:';
  const comparison = comparisons[name];
  if (comparison === undefined) {
    const known = Object.keys(comparisons).join(', ');
    throw new Error(
      `The stage cannot evaluate the policy condition operator ${operator}; it knows ${known}, each with or ` +
        `without IfExists, ForAllValues or ForAnyValue. Add it to local/aws/iam/policy.ts.`,
    );
  }
  return { operator: comparison, key, values, ifExists };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function asList(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function strings(value: unknown): string[] {
  return asList(value).map(String);
}

function optionalStrings(value: unknown): string[] | null {
  return value === undefined ? null : strings(value);
}
