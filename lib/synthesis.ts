import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import cdk from '../cdk.json' with { type: 'json' };
import { addStacks, understudyApp } from './app.ts';
import { environmentConfig } from './config/config.ts';

const root = join(import.meta.dirname, '..');

/**
 * Synthesizes one environment without the CDK CLI, with the feature flags that cdk.json gives it.
 *
 * @param folder where the cloud assembly goes; emptied first
 * @throws ConfigError for an unknown environment
 */
export function synthesize(environment: string, folder = join(root, 'cdk.out', environment)): CloudAssembly {
  const config = environmentConfig(environment);
  rmSync(folder, { recursive: true, force: true });
  const app = understudyApp({ outdir: folder, context: cdk.context });
  addStacks(app, config);
  return app.synth();
}
