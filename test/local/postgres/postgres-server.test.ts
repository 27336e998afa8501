import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { Guardian } from '../../../local/compute/guardian.ts';
import { type PostgresServer, startPostgres } from '../../../local/postgres/postgres-server.ts';
import { rdsProvisions } from '../../../local/postgres/rds-provision.ts';

async function login(port: number, password: string): Promise<void> {
  const client = new Client({ host: '127.0.0.1', port, user: 'again', password, database: 'postgres' });
  client.on('error', () => {});
  await client.connect();
  await client.end();
}

describe("the stage's PostgreSQL", () => {
  const guardian = new Guardian();
  const folder = mkdtempSync(join(tmpdir(), 'understudy-test-'));
  let server: PostgresServer;

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    server = await startPostgres(folder, guardian);
  }, 30_000);

  afterAll(async () => {
    await server.stop();
    await guardian.close();
    rmSync(folder, { recursive: true });
  });

  const provision = (type: string, properties: Record<string, unknown>) =>
    rdsProvisions(server, 'us-east-1', '111111111111')[type]?.({
      stack: 'understudy-local-database',
      logicalId: 'Database',
      type,
      properties,
    });

  test('tells its version', () => {
    expect(server.version).toMatch(/^17\.\d+$/);
  });

  test('is the database of the template: its endpoint, its master user, and what RDS allows that user', async () => {
    const provisioned = await provision('AWS::RDS::DBInstance', {
      MasterUsername: 'backstage',
      MasterUserPassword: "it's secret",
    });
    expect(provisioned).toMatchObject({
      ref: 'understudy-local-database-database',
      attributes: { 'Endpoint.Address': '127.0.0.1', 'Endpoint.Port': String(server.port) },
    });
    const client = new Client({
      host: provisioned?.attributes['Endpoint.Address'] ?? '',
      port: Number(provisioned?.attributes['Endpoint.Port']),
      user: 'backstage',
      password: "it's secret",
      database: 'postgres',
    });
    await client.connect();
    try {
      await client.query('CREATE DATABASE backstage_plugin_catalog');
      const { rows } = await client.query('SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user');
      expect(rows).toEqual([{ rolsuper: false, rolcreaterole: true }]);
    } finally {
      await client.end();
    }
  });

  test('takes the new password when the template is deployed again', async () => {
    const properties = { MasterUsername: 'again', MasterUserPassword: 'one' };
    await provision('AWS::RDS::DBInstance', properties);
    await provision('AWS::RDS::DBInstance', { ...properties, MasterUserPassword: 'two' });
    await expect(login(server.port, 'one')).rejects.toThrow('password authentication failed');
    await expect(login(server.port, 'two')).resolves.toBeUndefined();
  });

  test('refuses a password that nobody resolved, by the name of the resource', async () => {
    await expect(
      provision('AWS::RDS::DBCluster', {
        MasterUsername: 'backstage',
        MasterUserPassword: '{{resolve:secretsmanager:arn:SecretString:password::}}',
      }),
    ).rejects.toThrow(
      'understudy-local-database/Database: MasterUsername is backstage, MasterUserPassword is an unresolved',
    );
  });

  test('an instance of a cluster has no user of its own', async () => {
    await expect(provision('AWS::RDS::DBInstance', { DBClusterIdentifier: 'cluster' })).resolves.toMatchObject({
      attributes: { 'Endpoint.Address': '127.0.0.1' },
    });
  });
});
