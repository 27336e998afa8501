import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { Guardian } from '../../local/compute/guardian.ts';
import { startPostgres } from '../../local/postgres/postgres-server.ts';
import { makeReachableFolder } from '../../local/postgres/reachable-folder.ts';
import type { Surroundings } from './backend.ts';
import { Entities } from './entities.ts';
import type { Server } from './rows.ts';

/** One PostgreSQL with a role for Backstage, the entities' server, and who cleans up when this process is killed. */
export interface World {
  readonly guardian: Guardian;
  readonly server: Server;
  readonly entities: Entities;
  /** Of the live databases. */
  readonly surroundings: Surroundings;
  /** For apps that nobody wants to keep; gone with the rest. */
  readonly folder: string;
}

export async function inWorld<T>(work: (world: World) => Promise<T>): Promise<T> {
  const guardian = new Guardian();
  const folder = makeReachableFolder('understudy-upgrade-');
  guardian.watchFolder(folder);
  const postgres = await startPostgres(folder, guardian);
  const entities = await Entities.serve();
  const { host, port } = postgres;
  const [user, password] = ['backstage', randomUUID()];
  try {
    // May create databases and nothing else, as on RDS.
    await postgres.query(`CREATE ROLE ${user} LOGIN CREATEDB PASSWORD '${password}'`);
    return await work({
      guardian,
      folder,
      entities,
      server: { host, port, user, password },
      surroundings: {
        POSTGRES_PREFIX: 'live_',
        POSTGRES_PORT: String(port),
        POSTGRES_USER: user,
        POSTGRES_PASSWORD: password,
        ENTITIES_HOST: entities.host,
        PROBER_TOKEN: randomUUID(),
      },
    });
  } finally {
    entities.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
    await guardian.close();
  }
}
