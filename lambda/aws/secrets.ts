import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Unworkable } from './errors.ts';

const client = new SecretsManagerClient({});

export async function readSecret(id: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
  if (SecretString === undefined) throw new Unworkable(`The secret ${id} has no text value.`);
  return SecretString;
}
