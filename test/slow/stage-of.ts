import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { addStacks } from '../../lib/app.ts';
import { type EnvironmentConfig, environmentConfig } from '../../lib/config/config.ts';
import { Assembly } from '../../local/deploy/assembly.ts';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import { fastApp } from '../lib/fast-app.ts';

type ServiceConfig = EnvironmentConfig['services'][string];

/** A virtual stage for the tests of a file, on which Backstage is configured in another way. */
export function stageOf(configure: (backstage: ServiceConfig) => ServiceConfig): () => VirtualStage {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-slow-'));
  let stage: VirtualStage | null = null;

  beforeAll(async () => {
    const config = environmentConfig('local');
    const { backstage } = config.services;
    if (backstage === undefined) throw new Error('local has no backstage.');
    const app = fastApp(folder, { bundling: true });
    addStacks(app, { ...config, services: { backstage: configure(backstage) } });
    app.synth();
    stage = await openVirtualStage(new Assembly(folder));
  }, 120_000);

  afterAll(async () => {
    await stage?.close();
    rmSync(folder, { recursive: true });
  });

  return () => {
    if (stage === null) throw new Error('The stage is not open yet.');
    return stage;
  };
}
