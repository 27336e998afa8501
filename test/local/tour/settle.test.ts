import { expect, test } from '@jest/globals';
import type { Task } from '../../../local/tour/outside.ts';
import { settle } from '../../../local/tour/settle.ts';

const serving = { arn: 'task/serving', ip: '10.0.0.1' };
const stopping = { arn: 'task/stopping', ip: '10.0.0.2' };

/** A cluster that looks as given, one look after the other; the last one stays. */
function cluster(...looks: { tasks: Task[]; processes: string[]; blue?: number; healthy?: boolean }[]) {
  let look = looks[0];
  return {
    stage: {
      taskProcesses: () => (look?.processes ?? []).map((taskArn) => ({ taskArn, pid: 1 })),
    },
    outside: {
      shares: async () => {
        look = looks.shift() ?? look;
        return new Map([
          ['a', look?.blue ?? 100],
          ['b', 100 - (look?.blue ?? 100)],
        ]);
      },
      targets: async () => [{ ip: '10.0.0.1', healthy: look?.healthy ?? true }],
      tasks: async () => look?.tasks ?? [],
    },
  };
}

test('a task that serves is no orphan', async () => {
  const { stage, outside } = cluster({ tasks: [serving], processes: ['task/serving'] });
  expect(await settle(stage, outside, 1000)).toEqual({
    serving: { targetGroup: 'a', percent: 100, healthyTargets: 1, unhealthyTargets: 0 },
    orphans: [],
  });
});

test('a task that is being stopped is waited for', async () => {
  const { stage, outside } = cluster(
    { tasks: [serving, stopping], processes: ['task/serving', 'task/stopping'] },
    { tasks: [serving], processes: ['task/serving', 'task/stopping'] },
    { tasks: [serving], processes: ['task/serving'] },
  );
  expect((await settle(stage, outside, 5000)).orphans).toEqual([]);
});

test.each([
  ['a task that ECS still lists', { tasks: [serving, stopping], processes: ['task/serving'] }],
  ['a process that ECS knows nothing of', { tasks: [serving], processes: ['task/serving', 'task/stopping'] }],
])('%s is an orphan when patience ends', async (_what, look) => {
  const { stage, outside } = cluster(look);
  expect((await settle(stage, outside, 300)).orphans).toEqual(['task/stopping']);
});

test('traffic that is left half-way is told, not waited for for ever', async () => {
  const { stage, outside } = cluster({ tasks: [serving], processes: [], blue: 90 });
  expect((await settle(stage, outside, 300)).serving.percent).toBe(90);
});
