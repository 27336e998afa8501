import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addStacks } from '../lib/app.ts';
import { environmentConfig, environmentNamesAllowed } from '../lib/config/config.ts';
import { fastApp } from './lib/fast-app.ts';

/**
 * Jest's globalSetup: every environment is synthesized once, for all template tests of the run, and `local`
 * once more with its functions bundled, for whole releases on the stage.
 */
export default function synthesizeAll(): void {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-templates-'));
  for (const environment of environmentNamesAllowed) {
    const app = fastApp(join(folder, environment));
    addStacks(app, environmentConfig(environment));
    app.synth();
  }
  const stage = fastApp(join(folder, 'stage'), { bundling: true });
  addStacks(stage, environmentConfig('local'));
  stage.synth();
  process.env['UNDERSTUDY_TEMPLATES'] = folder;
}
