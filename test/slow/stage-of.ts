import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { environmentConfig, type ServiceConfig } from '../../lib/config/config.ts';
import { serviceConfig } from '../../lib/service/service-props.ts';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import { synthesize } from '../faults/stage/assembly.ts';

/** A virtual stage for the tests of a file, on which Backstage is configured in another way. */
export function stageOf(configure: (backstage: ServiceConfig) => ServiceConfig): () => VirtualStage {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-slow-'));
  let stage: VirtualStage | null = null;

  beforeAll(async () => {
    const config = environmentConfig('local');
    const backstage = configure(serviceConfig({ config, service: 'backstage' }));
    stage = await openVirtualStage(synthesize(folder, { ...config, services: { backstage } }));
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
