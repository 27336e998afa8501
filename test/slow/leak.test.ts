import { expect, test } from '@jest/globals';
import { type Release, releaseSchema } from '../../lambda/domain/release.ts';
import type { Behaviour } from '../../local/simulation/behaviours.ts';
import { stageOf } from './stage-of.ts';

const stage = stageOf((backstage) => ({
  ...backstage,
  policies: { ...backstage.policies, feature: { ...backstage.policies.feature, bakeSeconds: 3600 } },
  observation: { ...backstage.observation, intervalSeconds: 60, utilization: true },
}));

async function play(sequence: number, behaviour: Behaviour): Promise<Release> {
  stage().push(`v${sequence}`, behaviour);
  const execution = stage().start(`release-${sequence}`, {
    image: `v${sequence}`,
    version: `1.${sequence}.0`,
    sequence,
  });
  await stage().finish(execution);
  return releaseSchema.parse(JSON.parse(execution.output ?? 'null'));
}

test('a version whose memory leaks is rolled back during its bake, and one whose memory does not is released', async () => {
  expect(await play(1, 'good')).toMatchObject({ outcome: 'released' });
  const leak = await play(2, 'leak');
  expect(leak).toMatchObject({ outcome: 'rolled-back', verification: { verdict: 'works' } });
  expect(leak.decision?.reasons.join()).toMatch(
    /the memory of green's tasks grows by 15\.\d % an hour, and will be full in [23]\.\d hours/,
  );
}, 300_000);
