import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Release, releaseSchema } from '../../lambda/domain/release.ts';
import { addStacks } from '../../lib/app.ts';
import { environmentConfig } from '../../lib/config/config.ts';
import { Assembly } from '../../local/deploy/assembly.ts';
import type { Behaviour } from '../../local/simulation/behaviours.ts';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import { fastApp } from '../lib/fast-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'understudy-leak-'));
let stage: VirtualStage;

beforeAll(async () => {
  const config = environmentConfig('local');
  const { backstage } = config.services;
  if (backstage === undefined) throw new Error('local has no backstage.');
  const policies = { ...backstage.policies, feature: { ...backstage.policies.feature, bakeSeconds: 3600 } };
  const observation = { ...backstage.observation, intervalSeconds: 60, utilization: true };
  const app = fastApp(folder, { bundling: true });
  addStacks(app, { ...config, services: { backstage: { ...backstage, policies, observation } } });
  app.synth();
  stage = await openVirtualStage(new Assembly(folder));
}, 120_000);

afterAll(async () => {
  await stage.close();
  rmSync(folder, { recursive: true });
});

async function play(sequence: number, behaviour: Behaviour): Promise<Release> {
  stage.push(`v${sequence}`, behaviour);
  const execution = stage.start(`release-${sequence}`, { image: `v${sequence}`, version: `1.${sequence}.0`, sequence });
  await stage.finish(execution);
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
