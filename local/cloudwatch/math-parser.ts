import { ServiceError } from '../aws/operation.ts';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'reference'; readonly id: string }
  | { readonly kind: 'keyword'; readonly word: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression };

const bindingPower: Readonly<Record<string, number>> = {
  OR: 1,
  '||': 1,
  AND: 2,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<=': 4,
  '>=': 4,
  '<': 4,
  '>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '^': 8,
};
const unaryPower = 7;

const token = /\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_][A-Za-z0-9_]*|==|!=|<=|>=|&&|\|\||[-+*/^<>(),[\]])/y;

function tokens(source: string): string[] {
  const found: string[] = [];
  token.lastIndex = 0;
  const text = source.trimEnd();
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [, match] = token.exec(text) ?? [];
    if (match === undefined) throw malformed(source, `nothing that metric math knows begins at "${text.slice(at)}"`);
    found.push(match);
  }
  return found;
}

function malformed(source: string, why: string): ServiceError {
  return new ServiceError('ValidationError', `The metric math expression "${source}" cannot be read: ${why}.`);
}

/**
 * Parses a metric math expression: ids, numbers, lists, operators and function calls
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax).
 * @throws ValidationError
 */
export function parseExpression(source: string): Expression {
  const queue = tokens(source);
  let next = 0;

  const take = (): string => {
    const taken = queue[next];
    if (taken === undefined) throw malformed(source, 'it ends too early');
    next += 1;
    return taken;
  };
  const expect = (wanted: string): void => {
    const taken = take();
    if (taken !== wanted) throw malformed(source, `"${wanted}" was expected, not "${taken}"`);
  };
  const items = (close: string): Expression[] => {
    const found: Expression[] = [];
    if (queue[next] === close) {
      next += 1;
      return found;
    }
    for (;;) {
      found.push(parse(0));
      const separator = take();
      if (separator === close) return found;
      if (separator !== ',') throw malformed(source, `"," or "${close}" was expected, not "${separator}"`);
    }
  };
  const operand = (): Expression => {
    const first = take();
    if (first === '-') return { kind: 'negate', operand: parse(unaryPower) };
    if (first === '(') {
      const inner = parse(0);
      expect(')');
      return inner;
    }
    if (first === '[') return { kind: 'list', items: items(']') };
    if (/^\d/.test(first)) return { kind: 'number', value: Number(first) };
    if (!/^[A-Za-z_]/.test(first)) throw malformed(source, `"${first}" is out of place`);
    if (queue[next] === '(') {
      next += 1;
      return { kind: 'call', name: first, args: items(')') };
    }
    return /^[a-z]/.test(first) ? { kind: 'reference', id: first } : { kind: 'keyword', word: first };
  };
  const parse = (power: number): Expression => {
    let left = operand();
    for (;;) {
      const operator = queue[next];
      const binds = operator === undefined ? undefined : bindingPower[operator];
      if (operator === undefined || binds === undefined || binds <= power) return left;
      next += 1;
      left = { kind: 'binary', operator, left, right: parse(binds) };
    }
  };

  const expression = parse(0);
  if (next < queue.length) throw malformed(source, `"${queue[next]}" is left over`);
  return expression;
}
