import type { EnvironmentConfig } from './config.ts';

/**
 * PostgreSQL's own reserve of three, that of RDS for its superusers, and a person at a prompt
 * (https://www.postgresql.org/docs/17/runtime-config-connection.html).
 */
export const reservedConnections = 10;

/** RDS grows storage when less than a tenth is free, and then not for six hours: what has to fit, fits before. */
const usableShare = 0.9;

type Services = EnvironmentConfig['services'];

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

export interface Demand {
  readonly connections: number;
  /** Of storage. */
  readonly gigabytes: number;
  /** How each number comes about, in words for whoever has to change it. */
  readonly connectionsBecause: string;
  readonly gigabytesBecause: string;
}

/**
 * Tasks of one service that may have connections at the same time: two full colours, beside the one task
 * that Verify starts while green is still leaving; or one colour, beside a rehearsal's tool and its two tasks on the copy.
 */
export function tasksAtOnce(maximum: number): number {
  return Math.max(2 * maximum + 1, maximum + 3);
}

/** What the database has to bear when every service is released at once. A pool gives no connection up that it may have. */
export function databaseDemand(services: Services): Demand {
  const users = Object.entries(services).flatMap(([service, { scaling, task }]) =>
    task.database === null ? [] : [{ service, tasks: tasksAtOnce(scaling.maximum), ...task.database }],
  );
  const perTask = (user: (typeof users)[number]) => user.pools * user.poolSize + 1;
  return {
    connections: reservedConnections + sum(users.map((user) => user.tasks * perTask(user))),
    gigabytes: Math.ceil(sum(users.map(({ dataGb }) => 2 * dataGb)) / usableShare),
    connectionsBecause: [
      ...users.map(
        (user) =>
          `${user.service}: ${user.tasks} tasks at once × (${user.pools} pools × ${user.poolSize} + 1) = ${user.tasks * perTask(user)}`,
      ),
      `reserve: ${reservedConnections}`,
    ].join('; '),
    gigabytesBecause: users
      .map(({ service, dataGb }) => `${service}: ${dataGb} GB and a rehearsal's copy of it`)
      .join('; '),
  };
}
