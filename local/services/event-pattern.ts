/**
 * Whether an event matches a rule's pattern.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return pattern.some((condition) => values.some((candidate) => holds(condition, candidate)));
  }
  return Object.entries(Object(pattern)).every(([name, part]) =>
    matches(part, typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
  );
}

/** @throws for an operator that the stage does not know, so that no rule is silently deaf */
export function checkPattern(pattern: unknown): void {
  if (Array.isArray(pattern)) {
    for (const condition of pattern) if (typeof condition === 'object' && condition !== null) operator(condition);
  } else {
    for (const part of Object.values(Object(pattern))) checkPattern(part);
  }
}

type Operator = (argument: unknown, value: unknown) => boolean;

const operators: Readonly<Record<string, Operator>> = {
  prefix: (argument, value) => typeof value === 'string' && value.startsWith(String(argument)),
  suffix: (argument, value) => typeof value === 'string' && value.endsWith(String(argument)),
  exists: (argument, value) => (value !== undefined) === (argument === true),
  'anything-but': (argument, value) =>
    value !== undefined && !(Array.isArray(argument) ? argument : [argument]).includes(value),
};

function holds(condition: unknown, value: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return condition === value;
  const [test, argument] = operator(condition);
  return test(argument, value);
}

function operator(condition: object): [Operator, unknown] {
  const [[name, argument] = ['', undefined]] = Object.entries(condition);
  const found = operators[name];
  if (found !== undefined) return [found, argument];
  const known = Object.keys(operators).join(', ');
  throw new Error(`The stage does not know the event pattern operator ${name}; it knows ${known}.`);
}
