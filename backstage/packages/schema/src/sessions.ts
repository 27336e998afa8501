import type { Knex } from 'knex';

/** A connection to PostgreSQL; what the server does not tell to this user is missing. */
export interface Session {
  readonly pid: number;
  readonly application: string;
  readonly client?: string;
  readonly state?: string;
  /** When it connected, ISO 8601. */
  readonly since?: string;
  /** When its open transaction began. */
  readonly transactionSince?: string;
}

interface Row {
  readonly pid: number;
  readonly application_name: string | null;
  readonly client_addr: string | null;
  readonly state: string | null;
  readonly backend_start: Date | null;
  readonly xact_start: Date | null;
}

const COLUMNS = 'a.pid, a.application_name, host(a.client_addr) client_addr, a.state, a.backend_start, a.xact_start';

/** Who is connected to this database, but for the tool's own process. */
export async function otherSessions(knex: Knex, ownName: string): Promise<Session[]> {
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `select ${COLUMNS} from pg_stat_activity a
     where a.datname = current_database() and a.usesysid is not null and a.application_name <> ? order by a.pid`,
    [ownName],
  );
  return rows.map(toSession);
}

/** Who has touched a table's rows in a transaction that is still open. */
export async function writersOf(knex: Knex, table: string, ownName: string): Promise<Session[]> {
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `select distinct ${COLUMNS} from pg_locks l join pg_stat_activity a using (pid)
     where l.relation = to_regclass(?) and l.granted and l.mode <> 'AccessShareLock' and a.application_name <> ?
     and l.database = (select oid from pg_database where datname = current_database()) order by a.pid`,
    [`"${table}"`, ownName],
  );
  return rows.map(toSession);
}

/** Wherever on the server: a run may be waiting for its own lock in another database. */
export async function sessionsNamed(knex: Knex, name: string): Promise<Session[]> {
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `select ${COLUMNS} from pg_stat_activity a where a.application_name = ? order by a.pid`,
    [name],
  );
  return rows.map(toSession);
}

export async function sessionOf(knex: Knex, pid: number): Promise<Session | undefined> {
  const { rows } = await knex.raw<{ rows: Row[] }>(`select ${COLUMNS} from pg_stat_activity a where a.pid = ?`, [pid]);
  return rows.map(toSession)[0];
}

export function describe({ pid, application, client, since }: Session): string {
  const from = client ? ` from ${client}` : '';
  return `${application || 'a session without a name'}${from} (PostgreSQL process ${pid}${since ? `, since ${since}` : ''})`;
}

function toSession(row: Row): Session {
  return {
    pid: row.pid,
    application: row.application_name ?? '',
    ...(row.client_addr ? { client: row.client_addr } : {}),
    ...(row.state ? { state: row.state } : {}),
    ...(row.backend_start ? { since: row.backend_start.toISOString() } : {}),
    ...(row.xact_start ? { transactionSince: row.xact_start.toISOString() } : {}),
  };
}
