/** Where a container's secret comes from. */
export type SecretSource =
  | {
      readonly kind: 'secret';
      /** Name or ARN of a Secrets Manager secret. */
      readonly secretId: string;
      /** Key in the secret's JSON; null for all of its text. */
      readonly jsonKey: string | null;
      readonly versionStage: string | null;
      readonly versionId: string | null;
    }
  | { readonly kind: 'parameter'; readonly name: string };

/**
 * Reads a container's `valueFrom`: an ARN of Secrets Manager, which may go on with
 * `:json-key:version-stage:version-id`, or a Systems Manager parameter's ARN or name
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html).
 */
export function secretSource(valueFrom: string): SecretSource {
  const parts = valueFrom.split(':');
  if (parts[0] !== 'arn') return { kind: 'parameter', name: valueFrom };
  if (parts[2] === 'ssm') return { kind: 'parameter', name: `/${valueFrom.split(':parameter/')[1] ?? ''}` };
  const [jsonKey, versionStage, versionId] = parts.slice(7);
  return {
    kind: 'secret',
    secretId: parts.slice(0, 7).join(':'),
    jsonKey: jsonKey || null,
    versionStage: versionStage || null,
    versionId: versionId || null,
  };
}

/** Gives the text of a secret or parameter; throws when there is none. */
export type ReadSecret = (source: SecretSource) => string | Promise<string>;

/** @throws when the secret does not exist, or has no such key */
export async function resolveSecret(valueFrom: string, read: ReadSecret): Promise<string> {
  const source = secretSource(valueFrom);
  const text = await read(source);
  if (source.kind === 'parameter' || source.jsonKey === null) return text;
  const content: unknown = JSON.parse(text);
  const value = content !== null && typeof content === 'object' ? Object.entries(content) : [];
  const found = value.find(([key]) => key === source.jsonKey)?.[1];
  if (found === undefined) {
    throw new Error(`retrieved secret from Secrets Manager did not contain json key ${source.jsonKey}`);
  }
  return typeof found === 'string' ? found : JSON.stringify(found);
}
