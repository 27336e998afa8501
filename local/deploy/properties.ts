import { createHash } from 'node:crypto';
import type { Resource } from './provision.ts';

/** Reads a resource's properties; says which resource is wrong when one is not what it should be. */

export function optionalText(resource: Resource, name: string): string | undefined {
  const value = resource.properties[name];
  if (value === undefined || typeof value === 'string') return value;
  return wrong(resource, name, 'a text', value);
}

export function text(resource: Resource, name: string): string {
  return optionalText(resource, name) ?? wrong(resource, name, 'a text', undefined);
}

/** CloudFormation takes numbers as text, too. */
export function optionalNumber(resource: Resource, name: string): number | undefined {
  const value = resource.properties[name];
  if (value === undefined) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : wrong(resource, name, 'a number', value);
}

export function list(resource: Resource, name: string): unknown[] {
  const value = resource.properties[name] ?? [];
  return Array.isArray(value) ? value : wrong(resource, name, 'a list', value);
}

/**
 * The name that the template gives, or one as CloudFormation makes it up; the same at every deployment.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 */
export function physicalName(resource: Resource, property: string): string {
  const { stack, logicalId } = resource;
  return optionalText(resource, property) ?? `${stack}-${logicalId}-${suffix(resource, 12).toUpperCase()}`;
}

/** Hexadecimal digits that belong to the resource, the same at every deployment. */
export function suffix({ stack, logicalId }: Resource, length: number): string {
  return createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, length);
}

function wrong({ stack, logicalId }: Resource, name: string, wanted: string, value: unknown): never {
  throw new Error(`${name} of ${logicalId} in stack ${stack} is to be ${wanted}, not ${JSON.stringify(value)}.`);
}
