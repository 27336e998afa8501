/** Where intrinsic functions look their values up. */
export interface Scope {
  /** A pseudo parameter, a parameter, or a resource's `Ref`. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  importValue(name: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, top: string, second: string): unknown;
}

/** What `{Ref: AWS::NoValue}` resolves to: the property or item that holds it is left out. */
export const noValue = Symbol('AWS::NoValue');

/**
 * Resolves the intrinsic functions of a template's value.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 * @throws for a function that the stage does not know
 */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== noValue);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && isIntrinsic(first[0])) return call(first[0], first[1], scope);
  const resolved = entries.map(([name, member]): [string, unknown] => [name, resolve(member, scope)]);
  return Object.fromEntries(resolved.filter(([, member]) => member !== noValue));
}

function isIntrinsic(name: string): boolean {
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::');
}

function call(name: string, raw: unknown, scope: Scope): unknown {
  const intrinsic = intrinsics[name];
  if (intrinsic === undefined) {
    throw new Error(`The stage does not know ${name}; it knows ${Object.keys(intrinsics).join(', ')}.`);
  }
  return intrinsic(raw, scope);
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => scope.ref(string(name, 'Ref')),
  Condition: (name, scope) => scope.condition(string(name, 'Condition')),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, ...attribute] =
      typeof argument === 'string' ? argument.split('.') : strings(argument, 'Fn::GetAtt');
    return scope.attribute(logicalId ?? '', attribute.join('.'));
  },
  'Fn::ImportValue': (name, scope) => scope.importValue(string(resolve(name, scope), 'Fn::ImportValue')),
  'Fn::FindInMap': (argument, scope) => {
    const [map = '', top = '', second = ''] = strings(resolve(argument, scope), 'Fn::FindInMap');
    return scope.mapping(map, top, second);
  },
  'Fn::Join': (argument, scope) => {
    const [separator, items] = list(argument, 'Fn::Join');
    return strings(resolve(items, scope), 'Fn::Join').join(string(separator, 'Fn::Join'));
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = list(argument, 'Fn::Split');
    return string(resolve(text, scope), 'Fn::Split').split(string(separator, 'Fn::Split'));
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = list(resolve(argument, scope), 'Fn::Select');
    const chosen = list(items, 'Fn::Select')[Number(index)];
    if (chosen === undefined)
      throw new Error(`Fn::Select finds nothing at ${String(index)} of ${JSON.stringify(items)}.`);
    return chosen;
  },
  'Fn::Sub': (argument, scope) => {
    const [template, variables] = typeof argument === 'string' ? [argument, {}] : list(argument, 'Fn::Sub');
    return substitute(string(template, 'Fn::Sub'), Object(resolve(variables, scope)), scope);
  },
  'Fn::If': (argument, scope) => {
    const [condition, yes, no] = list(argument, 'Fn::If');
    return resolve(scope.condition(string(condition, 'Fn::If')) ? yes : no, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = list(resolve(argument, scope), 'Fn::Equals');
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::Not': (argument, scope) => !list(resolve(argument, scope), 'Fn::Not')[0],
  'Fn::And': (argument, scope) => list(resolve(argument, scope), 'Fn::And').every(Boolean),
  'Fn::Or': (argument, scope) => list(resolve(argument, scope), 'Fn::Or').some(Boolean),
  'Fn::Base64': (argument, scope) => Buffer.from(string(resolve(argument, scope), 'Fn::Base64')).toString('base64'),
};

/** `${Name}`, `${Resource.Attribute}`, and `${!Literal}`, which stays. */
function substitute(template: string, variables: Record<string, unknown>, scope: Scope): string {
  return template.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(variables, name)) return string(variables[name], 'Fn::Sub');
    const [logicalId = '', ...attribute] = name.split('.');
    return string(attribute.length > 0 ? scope.attribute(logicalId, attribute.join('.')) : scope.ref(name), 'Fn::Sub');
  });
}

function string(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${where} takes a text here, not ${JSON.stringify(value)}.`);
}

function list(value: unknown, where: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${where} takes a list here, not ${JSON.stringify(value)}.`);
}

function strings(value: unknown, where: string): string[] {
  return list(value, where).map((item) => string(item, where));
}
