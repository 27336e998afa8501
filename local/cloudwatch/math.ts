import { ServiceError } from '../aws/operation.ts';
import { type Expression, parseExpression } from './math-parser.ts';
import type { Series } from './metric.ts';

/** A scalar, a time series or an array of time series: S, TS and TS[] of the documentation. */
export type Value = number | Series | readonly Series[];

export interface MathContext {
  /** Values of the other metrics and expressions of the request, by id. */
  readonly resolve: (id: string) => Value;
  /** Starts of all periods that the request covers: those that FILL fills. */
  readonly periods: readonly number[];
}

const truth = (holds: boolean): number => (holds ? 1 : 0);

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '>': (a, b) => truth(a > b),
  '<=': (a, b) => truth(a <= b),
  '>=': (a, b) => truth(a >= b),
  AND: (a, b) => truth(a !== 0 && b !== 0),
  '&&': (a, b) => truth(a !== 0 && b !== 0),
  OR: (a, b) => truth(a !== 0 || b !== 0),
  '||': (a, b) => truth(a !== 0 || b !== 0),
};

const aggregates: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const elementwise: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

/**
 * Evaluates a metric math expression: arithmetic, comparison and logical operators, `IF`, `FILL`, `SUM`,
 * `AVG`, `MIN`, `MAX`, `ABS`, `CEIL` and `FLOOR`. A missing value counts as 0 in arithmetic and comparison,
 * and a data point that would divide by zero is dropped
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-arithmetic).
 * @throws ValidationError for a function that the stage does not know
 */
export function evaluateExpression(source: string, context: MathContext): Value {
  return evaluate(parseExpression(source), context);
}

function evaluate(expression: Expression, context: MathContext): Value {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'reference':
      return context.resolve(expression.id);
    case 'keyword':
      throw new ServiceError('ValidationError', `"${expression.word}" is no id of a metric: ids begin in lower case.`);
    case 'list':
      return expression.items.flatMap((item) => asArray(evaluate(item, context)));
    case 'negate':
      return combine('*', -1, evaluate(expression.operand, context));
    case 'binary':
      return combine(expression.operator, evaluate(expression.left, context), evaluate(expression.right, context));
    case 'call':
    default:
      return call(expression.name, expression.args, context);
  }
}

const isArray = (value: Value): value is readonly Series[] => Array.isArray(value);

/** @throws ValidationError for a number and for an array of series */
export function single(value: Value): Series {
  if (typeof value !== 'number' && !isArray(value)) return value;
  throw new ServiceError('ValidationError', 'A single time series was expected in a metric math expression.');
}

function asArray(value: Value): readonly Series[] {
  return isArray(value) ? value : [single(value)];
}

function combine(operator: string, left: Value, right: Value): Value {
  if (isArray(left)) return left.map((series) => single(combine(operator, series, right)));
  if (isArray(right)) return right.map((series) => single(combine(operator, left, series)));
  const apply = operators[operator];
  if (apply === undefined) throw new ServiceError('ValidationError', `Metric math has no operator ${operator}.`);
  if (typeof left === 'number' && typeof right === 'number') return apply(left, right);
  const result = new Map<number, number>();
  for (const at of periodsOf([left, right])) {
    const divisor = pointOf(right, at);
    if (operator === '/' && divisor === 0) continue;
    result.set(at, apply(pointOf(left, at), divisor));
  }
  return result;
}

function pointOf(value: number | Series, at: number): number {
  return typeof value === 'number' ? value : (value.get(at) ?? 0);
}

function periodsOf(values: readonly (number | Series)[]): number[] {
  const all = new Set(values.flatMap((value) => (typeof value === 'number' ? [] : [...value.keys()])));
  return [...all].toSorted((a, b) => a - b);
}

function call(name: string, args: readonly Expression[], context: MathContext): Value {
  const [first, second, third] = args;
  if (name === 'FILL' && first !== undefined && second !== undefined) return fill(first, second, context);
  if (name === 'IF' && first !== undefined && second !== undefined) return choose(first, second, third, context);
  const aggregate = aggregates[name];
  if (aggregate !== undefined && first !== undefined) return aggregated(aggregate, evaluate(first, context));
  const each = elementwise[name];
  if (each !== undefined && first !== undefined) return mapped(each, evaluate(first, context));
  throw new ServiceError(
    'ValidationError',
    `The stage's metric math does not know ${name} with ${args.length} arguments; it knows ` +
      `${['FILL', 'IF', ...Object.keys(aggregates), ...Object.keys(elementwise)].join(', ')}.`,
  );
}

/** Of one series a scalar, of an array of series one series. */
function aggregated(aggregate: (values: readonly number[]) => number, value: Value): Value {
  if (typeof value === 'number') return value;
  if (!isArray(value)) return aggregate([...value.values()]);
  return new Map(periodsOf(value).map((at) => [at, aggregate(value.map((series) => series.get(at) ?? 0))]));
}

function mapped(each: (value: number) => number, value: Value): Value {
  if (typeof value === 'number') return each(value);
  if (isArray(value)) return value.map((series) => single(mapped(each, series)));
  return new Map([...value].map(([at, point]) => [at, each(point)]));
}

function fill(of: Expression, filler: Expression, context: MathContext): Value {
  const value = evaluate(of, context);
  if (isArray(value)) return value.map((series) => filled(series, filler, context));
  return filled(single(value), filler, context);
}

function filled(series: Series, filler: Expression, context: MathContext): Series {
  const repeat = filler.kind === 'keyword' && filler.word === 'REPEAT';
  const substitute = repeat ? 0 : evaluate(filler, context);
  if (isArray(substitute)) throw new ServiceError('ValidationError', 'FILL takes a number, a series or REPEAT.');
  const result = new Map<number, number>();
  let last: number | undefined;
  for (const at of context.periods) {
    last = series.get(at) ?? (repeat ? last : pointOf(substitute, at));
    if (last !== undefined) result.set(at, last);
  }
  return result;
}

/** Without a third argument, the data points for which the condition does not hold are dropped. */
function choose(condition: Expression, yes: Expression, no: Expression | undefined, context: MathContext): Value {
  const test = evaluate(condition, context);
  const then = evaluate(yes, context);
  const otherwise = no === undefined ? undefined : evaluate(no, context);
  if (isArray(test) || isArray(then) || (otherwise !== undefined && isArray(otherwise))) {
    throw new ServiceError('ValidationError', 'IF takes numbers and single time series.');
  }
  if (typeof test === 'number') return test !== 0 ? then : (otherwise ?? new Map<number, number>());
  const result = new Map<number, number>();
  for (const at of periodsOf([test, then, otherwise ?? 0])) {
    const chosen = pointOf(test, at) !== 0 ? then : otherwise;
    const point = typeof chosen === 'number' ? chosen : chosen?.get(at);
    if (point !== undefined) result.set(at, point);
  }
  return result;
}
