import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mostProbes } from '../../lambda/domain/probe-budget.ts';
import { releaseSchema } from '../../lambda/domain/release.ts';
import { addStacks } from '../../lib/app.ts';
import { environmentConfig } from '../../lib/config/config.ts';
import { Assembly } from '../../local/deploy/assembly.ts';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import { fastApp } from '../lib/fast-app.ts';

/** The longest bake that the configuration allows: CodeDeploy waits 2,880 minutes, 15 of which are the workflow's. */
const bakeSeconds = (2880 - 15) * 60;
const folder = mkdtempSync(join(tmpdir(), 'understudy-longest-'));
let stage: VirtualStage;

beforeAll(async () => {
  const config = environmentConfig('local');
  const { backstage } = config.services;
  if (backstage === undefined) throw new Error('local has no backstage.');
  const policies = { ...backstage.policies, feature: { ...backstage.policies.feature, bakeSeconds } };
  // Two days of health checks every five seconds are most of what this would take.
  const health = { ...backstage.frozen.health, intervalSeconds: 120, timeoutSeconds: 60 };
  const frozen = { ...backstage.frozen, health };
  const app = fastApp(folder, { bundling: true });
  addStacks(app, { ...config, services: { backstage: { ...backstage, frozen, policies } } });
  app.synth();
  stage = await openVirtualStage(new Assembly(folder));
}, 120_000);

afterAll(async () => {
  await stage.close();
  rmSync(folder, { recursive: true });
});

test('a release that bakes for two days stays below 10,000 history events and 48,000 probes', async () => {
  stage.push('v1', 'good');
  const execution = stage.start('longest', { image: 'v1', version: '1.0.0', sequence: 1 });
  await stage.finish(execution);
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
