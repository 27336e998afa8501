import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';

/** `A.member.1.B=c` as a tree: a node per segment of the key. */
interface Node {
  value: string | null;
  readonly children: Map<string, Node>;
}

export type Dialect = 'awsQuery' | 'ec2Query';

const simpleValues = new FromStringShapeDeserializer({ timestampFormat: { useTrait: true, default: 5 } });

/**
 * Reads the parameters of a Query request into the shape of the operation's input.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 * @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export function readQueryInput(schema: NormalizedSchema, parameters: URLSearchParams, dialect: Dialect): unknown {
  const root: Node = { value: null, children: new Map() };
  for (const [key, value] of parameters) {
    let node = root;
    for (const segment of key.split('.')) node = child(node, segment);
    node.value = value;
  }
  return read(schema, root, dialect);
}

function child(node: Node, segment: string): Node {
  let next = node.children.get(segment);
  if (next === undefined) {
    next = { value: null, children: new Map() };
    node.children.set(segment, next);
  }
  return next;
}

function read(schema: NormalizedSchema, node: Node, dialect: Dialect): unknown {
  if (schema.isStructSchema()) return readStructure(schema, node, dialect);
  if (schema.isListSchema()) return readList(schema, node, dialect);
  if (schema.isMapSchema()) return readMap(schema, node, dialect);
  return simpleValues.read(schema, node.value ?? '');
}

function readStructure(schema: NormalizedSchema, node: Node, dialect: Dialect): Record<string, unknown> {
  const members: [string, unknown][] = [];
  for (const [name, member] of schema.structIterator()) {
    const found = node.children.get(memberKey(name, member, dialect));
    if (found !== undefined) members.push([name, read(member, found, dialect)]);
  }
  return Object.fromEntries(members);
}

function memberKey(name: string, member: NormalizedSchema, dialect: Dialect): string {
  const { xmlName, ec2QueryName } = member.getMergedTraits();
  if (dialect === 'awsQuery') return xmlName ?? name;
  if (typeof ec2QueryName === 'string') return ec2QueryName;
  const key = xmlName ?? name;
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function readList(schema: NormalizedSchema, node: Node, dialect: Dialect): unknown[] {
  const item = schema.getValueSchema();
  const flat = dialect === 'ec2Query' || schema.getMergedTraits().xmlFlattened !== undefined;
  const items = flat ? node : node.children.get(item.getMergedTraits().xmlName ?? 'member');
  return inOrder(items).map((entry) => read(item, entry, dialect));
}

function readMap(schema: NormalizedSchema, node: Node, dialect: Dialect): Record<string, unknown> {
  const keys = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
  const values = schema.getValueSchema().getMergedTraits().xmlName ?? 'value';
  const entries = schema.getMergedTraits().xmlFlattened === undefined ? node.children.get('entry') : node;
  return Object.fromEntries(
    inOrder(entries).map((entry) => [
      entry.children.get(keys)?.value ?? '',
      read(schema.getValueSchema(), child(entry, values), dialect),
    ]),
  );
}

function inOrder(node: Node | undefined): Node[] {
  if (node === undefined) return [];
  return [...node.children].toSorted(([a], [b]) => Number(a) - Number(b)).map(([, entry]) => entry);
}
