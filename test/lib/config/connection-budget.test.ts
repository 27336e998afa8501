import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { environmentConfig, environmentNamesAllowed } from '../../../lib/config/config.ts';
import { databaseDemand, reservedConnections, tasksAtOnce } from '../../../lib/config/connection-budget.ts';
import { backstage as shared } from '../../../lib/config/services/backstage.ts';

const local = environmentConfig('local');
const { backstage } = local.services;
if (backstage === undefined) throw new Error('There is no Backstage.');

const service = (maximum: number, database: { pools: number; poolSize: number; dataGb: number } | null) => ({
  ...backstage,
  scaling: { ...backstage.scaling, maximum },
  task: { ...backstage.task, database },
});

describe('the demand on the database', () => {
  test.each([
    [1, 4],
    [2, 5],
    [6, 13],
  ])('comes, with at most %d tasks, from %d at once', (maximum, tasks) => {
    expect(tasksAtOnce(maximum)).toBe(tasks);
  });

  test('is that of both colours and the one-off tasks, each with all its pools full, and of people', () => {
    const { connections } = databaseDemand({ backstage: service(2, { pools: 8, poolSize: 4, dataGb: 1 }) });
    expect(connections).toBe(5 * (8 * 4 + 1) + reservedConnections);
  });

  test('adds up over services, and leaves out those without a database', () => {
    const one = service(1, { pools: 1, poolSize: 9, dataGb: 9 });
    const { connections, gigabytes } = databaseDemand({ one, two: one, none: service(50, null) });
    expect(connections).toBe(2 * 4 * 10 + reservedConnections);
    expect(gigabytes).toBe(40);
  });

  test('says how it comes about', () => {
    const demand = databaseDemand({ trucks: service(1, { pools: 1, poolSize: 5, dataGb: 3 }) });
    expect(demand.connectionsBecause).toBe('trucks: 4 tasks at once × (1 pools × 5 + 1) = 24; reserve: 10');
    expect(demand.gigabytesBecause).toBe("trucks: 3 GB and a rehearsal's copy of it");
  });

  test.each(environmentNamesAllowed)('of %s is met', (name) => {
    const { database, services } = environmentConfig(name);
    const demand = databaseDemand(services);
    expect(database.maxConnections).toBeGreaterThanOrEqual(demand.connections);
    expect(database.storageGb).toBeGreaterThanOrEqual(demand.gigabytes);
  });
});

test('Backstage’s pools are as large as the budget takes them to be', () => {
  const file = readFileSync(join(import.meta.dirname, '..', '..', '..', 'backstage', 'app-config.yaml'), 'utf8');
  expect(/knexConfig:\s+pool:\s+min: \d+\s+max: (\d+)/.exec(file)?.[1]).toBe(String(shared.pools.poolSize));
});
