import { readFileSync } from 'node:fs';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Client } from 'pg';
import { z } from 'zod';
import { makeUsers } from './users.ts';

/** Where Lambda keeps the authorities of AWS's own certificates: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html */
const authorities = '/var/runtime/ca-cert.pem';

const environmentSchema = z.object({
  POSTGRES_HOST: z.string(),
  POSTGRES_PORT: z.coerce.number(),
  /** Of the master user; RDS rotates it. */
  MASTER_SECRET: z.string(),
  /** Separated by commas. */
  USERS: z.string().transform((users) => users.split(',')),
});
const secretSchema = z.object({ username: z.string(), password: z.string() });

const secrets = new SecretsManagerClient({});

/** Runs while the database's stack is deployed, which fails when this does. */
export async function handler(): Promise<void> {
  const environment = environmentSchema.parse(process.env);
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: environment.MASTER_SECRET }));
  const { username, password } = secretSchema.parse(JSON.parse(SecretString));
  const client = new Client({
    host: environment.POSTGRES_HOST,
    port: environment.POSTGRES_PORT,
    user: username,
    password,
    database: 'postgres',
    ssl: { ca: readFileSync(authorities, 'utf8') },
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
  });
  await client.connect();
  try {
    await makeUsers(client, environment.USERS);
  } finally {
    await client.end();
  }
}
