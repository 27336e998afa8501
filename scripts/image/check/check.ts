import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { freePort } from '../../../local/compute/free-port.ts';
import { Guardian } from '../../../local/compute/guardian.ts';
import { startPostgres } from '../../../local/postgres/postgres-server.ts';
import { makeReachableFolder } from '../../../local/postgres/reachable-folder.ts';
import type { Contained } from './container.ts';
import { type Clause, clauses, type Subject } from './contract.ts';

export interface Checked {
  readonly clause: string;
  /** Why it is broken; null when it is kept. */
  readonly complaint: string | null;
}

/** Tests an image against its contract, on a PostgreSQL of its own. @param say is told each clause as it is checked */
export async function checkImage(contained: Contained, say: (checked: Checked) => void): Promise<readonly Checked[]> {
  const guardian = new Guardian();
  const folder = makeReachableFolder('understudy-image-');
  guardian.watchFolder(folder);
  const postgres = await startPostgres(folder, guardian);
  const [port, token, password] = [await freePort(), randomUUID(), randomUUID()];
  const subject: Subject = {
    contained,
    port,
    token,
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      POSTGRES_HOST: postgres.host,
      POSTGRES_PORT: String(postgres.port),
      POSTGRES_USER: 'backstage',
      POSTGRES_PASSWORD: password,
      PROBER_TOKEN: token,
      APP_BASE_URL: `http://localhost:${port}`,
      APP_VERSION: 'check',
      SIGN_IN: 'guest',
      SHUTDOWN_DELAY: '4s',
    },
    databases: async () => {
      const rows = await postgres.query('select datname as name from pg_database where not datistemplate');
      return rows.map(({ name }) => String(name));
    },
    serving: null,
  };
  try {
    // May create databases and nothing else, as on RDS.
    await postgres.query(`CREATE ROLE backstage LOGIN CREATEDB PASSWORD '${password}'`);
    try {
      return await checkAll(clauses, subject, say);
    } finally {
      await subject.serving?.kill();
    }
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
    await guardian.close();
  }
}

/** One after the other: a broken clause does not keep the others from being checked. */
export async function checkAll(
  all: readonly Clause[],
  subject: Subject,
  say: (checked: Checked) => void,
): Promise<readonly Checked[]> {
  const checked: Checked[] = [];
  for (const each of all) {
    const clause = each.name;
    const complaint = await each
      .check(subject)
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    checked.push({ clause, complaint });
    say({ clause, complaint });
  }
  return checked;
}
