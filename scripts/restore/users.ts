import type { Lock } from '../../lambda/domain/lock.ts';
import type { EnvironmentConfig } from '../../lib/config/config.ts';

/** An environment has one database instance: whoever is on it is stopped with it, and loses what it wrote. */
export function databaseUsers(services: EnvironmentConfig['services']): string[] {
  return Object.entries(services).flatMap(([name, { task }]) => (task.database === null ? [] : [name]));
}

export interface UnderWay {
  readonly service: string;
  readonly release: string;
}

/** The releases that hold one of the services' locks. */
export async function releasesUnderWay(
  services: readonly string[],
  readLock: (service: string) => Promise<Lock>,
): Promise<UnderWay[]> {
  const locks = await Promise.all(services.map(async (service) => ({ service, ...(await readLock(service)) })));
  return locks.flatMap(({ service, holder }) => (holder === undefined ? [] : [{ service, release: holder.release }]));
}
