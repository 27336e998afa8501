import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../stage-api.ts';
import type { Outside } from './outside.ts';

/** What serves, and what runs without serving. */
export interface Settled {
  readonly serving: {
    readonly targetGroup: string;
    readonly percent: number;
    readonly healthyTargets: number;
    readonly unhealthyTargets: number;
  };
  /** ARNs of tasks that serve nobody, found by an SDK client or by a process that still lives. */
  readonly orphans: readonly string[];
}

type Processes = Pick<Stage, 'taskProcesses'>;
type Cluster = Pick<Outside, 'shares' | 'targets' | 'tasks'>;

async function look(stage: Processes, outside: Cluster): Promise<Settled> {
  const shares = [...(await outside.shares())].toSorted(([, a], [, b]) => b - a);
  const [targetGroup = 'none', percent = 0] = shares[0] ?? [];
  const targets = await outside.targets(targetGroup);
  const tasks = await outside.tasks();
  const serve = new Set(tasks.filter(({ ip }) => targets.some((target) => target.ip === ip)).map(({ arn }) => arn));
  const found = [...tasks.map(({ arn }) => arn), ...stage.taskProcesses().map(({ taskArn }) => taskArn)];
  const healthyTargets = targets.filter(({ healthy }) => healthy).length;
  return {
    serving: { targetGroup, percent, healthyTargets, unhealthyTargets: targets.length - healthyTargets },
    orphans: [...new Set(found)].filter((arn) => !serve.has(arn)),
  };
}

/**
 * Waits until tasks that are being stopped have stopped, which takes as long as they may take.
 * @param patienceMs process time after which whatever is left is an orphan
 */
export async function settle(stage: Processes, outside: Cluster, patienceMs: number): Promise<Settled> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const settled = await look(stage, outside);
    const { serving, orphans } = settled;
    const quiet = orphans.length === 0 && serving.percent === 100 && serving.unhealthyTargets === 0;
    if (quiet || performance.now() > until) return settled;
    await sleep(250);
  }
}
