/** Reads what dynamic references point to. */
export interface References {
  /** The value of a parameter, null when there is none. */
  parameter(name: string): string | null;
  /** The text of a secret by name or ARN, null when there is none. */
  secret(id: string): string | null;
}

/** A secret's ARN has colons of its own, so the reference cannot simply be split at them. */
const pattern =
  /\{\{resolve:(?:ssm:([^:}]+)(?::\d+)?|secretsmanager:(arn:(?:[^:}]+:){5}[^:}]+|[^:}]+)(?::SecretString)?(?::([^:}]*))?(?::[^}]*)?)\}\}/g;

/**
 * Puts the values of `{{resolve:ssm:…}}` and `{{resolve:secretsmanager:…}}` in their places, as CloudFormation
 * does when it creates the resource.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 * @throws when there is nothing at the end of a reference
 */
export function resolveDynamicReferences(value: unknown, references: References): unknown {
  if (typeof value === 'string') return resolveText(value, references);
  if (Array.isArray(value)) return value.map((item) => resolveDynamicReferences(item, references));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, resolveDynamicReferences(member, references)]),
  );
}

function resolveText(text: string, references: References): string {
  const resolved = text.replace(pattern, (reference, parameter?: string, secret?: string, key?: string) => {
    const found =
      parameter === undefined ? secretValue(references, secret ?? '', key ?? '') : references.parameter(parameter);
    if (found === null) throw new Error(`The stage has nothing for the dynamic reference ${reference}.`);
    return found;
  });
  if (resolved.includes('{{resolve:'))
    throw new Error(`The stage does not understand the dynamic reference in ${text}.`);
  return resolved;
}

function secretValue(references: References, id: string, key: string): string | null {
  const secret = references.secret(id);
  if (secret === null || key === '') return secret;
  const value: unknown = JSON.parse(secret)[key];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
