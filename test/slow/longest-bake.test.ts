import { expect, test } from '@jest/globals';
import { mostProbes } from '../../lambda/domain/probe-budget.ts';
import { releaseSchema } from '../../lambda/domain/release.ts';
import { stageOf } from './stage-of.ts';

/** The longest bake that the configuration allows: CodeDeploy waits 2,880 minutes, 15 of which are the workflow's. */
const bakeSeconds = (2880 - 15) * 60;

const stage = stageOf((backstage) => ({
  ...backstage,
  policies: { ...backstage.policies, feature: { ...backstage.policies.feature, bakeSeconds } },
  // Two days of health checks every five seconds are most of what this would take.
  frozen: { ...backstage.frozen, health: { ...backstage.frozen.health, intervalSeconds: 120, timeoutSeconds: 60 } },
}));

test('a release that bakes for two days stays below 10,000 history events and 48,000 probes', async () => {
  stage().push('v1', 'good');
  const execution = stage().start('longest', { image: 'v1', version: '1.0.0', sequence: 1 });
  await stage().finish(execution);
  const release = releaseSchema.parse(JSON.parse(execution.output ?? 'null'));
  expect(release.outcome).toBe('released');
  const { bakingSince } = release.deployment ?? {};
  expect(Date.parse(release.decision?.at ?? '') - Date.parse(bakingSince ?? '')).toBeGreaterThanOrEqual(
    bakeSeconds * 1000,
  );
  expect(execution.history.events.length).toBeGreaterThan(4000);
  expect(execution.history.events.length).toBeLessThan(10_000);
  expect(release.observation.evidence.green.probes).toBeLessThan(mostProbes);
  expect((execution.output ?? '').length).toBeLessThan(64 * 1024);
}, 120_000);
