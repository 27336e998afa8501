import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { makeUsers } from '../../../lambda/database/users.ts';
import { Guardian } from '../../../local/compute/guardian.ts';
import { type PostgresServer, startPostgres } from '../../../local/postgres/postgres-server.ts';

const made = (rolname: string) => ({
  rolname,
  rolcanlogin: true,
  rolcreatedb: true,
  rolcreaterole: false,
  rolsuper: false,
  without_password: true,
  by_iam: true,
});

describe('the users of services', () => {
  const guardian = new Guardian();
  const folder = mkdtempSync(join(tmpdir(), 'understudy-test-'));
  let server: PostgresServer;
  let master: Client;

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    server = await startPostgres(folder, guardian);
    // What RDS gives: a role whose members sign in by IAM, and a master user that may hand it on.
    await server.query('CREATE ROLE rds_iam');
    await server.query(`CREATE ROLE master LOGIN CREATEDB CREATEROLE PASSWORD 'master'`);
    await server.query('GRANT rds_iam TO master WITH ADMIN OPTION');
    master = new Client({
      host: server.host,
      port: server.port,
      user: 'master',
      password: 'master',
      database: 'postgres',
    });
    await master.connect();
  }, 30_000);

  afterAll(async () => {
    await master.end();
    await server.stop();
    await guardian.close();
    rmSync(folder, { recursive: true });
  });

  const users = () =>
    server.query(
      `SELECT rolname, rolcanlogin, rolcreatedb, rolcreaterole, rolsuper, rolpassword IS NULL AS without_password,
              pg_has_role(rolname, 'rds_iam', 'MEMBER') AS by_iam
         FROM pg_authid WHERE rolname IN ('backstage', 'trucks') ORDER BY rolname`,
    );
  test('sign in by IAM, make databases, and have no password and no other right', async () => {
    await makeUsers(master, ['backstage']);
    expect(await users()).toEqual([made('backstage')]);
  });

  test('are left as they are when more are made, but get what they have lost', async () => {
    await server.query('ALTER ROLE backstage NOCREATEDB');
    await server.query('REVOKE rds_iam FROM backstage CASCADE');
    await makeUsers(master, ['backstage', 'trucks']);
    expect(await users()).toEqual([made('backstage'), made('trucks')]);
  });

  test('are not made at all when one of the names is no name', async () => {
    await expect(makeUsers(master, ['third', 'x"; DROP ROLE backstage; --'])).rejects.toThrow('is no user: give small');
    expect(await server.query(`SELECT 1 FROM pg_roles WHERE rolname = 'third'`)).toEqual([]);
  });
});
