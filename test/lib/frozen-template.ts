import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { addStacks } from '../../lib/app.ts';
import type { EnvironmentConfig } from '../../lib/config/config.ts';
import { fastApp } from './fast-app.ts';

/** What must not change between two deploys: the frozen stack's resources, and the tags the CLI would put on the stack. */
export interface Frozen {
  readonly resources: unknown;
  readonly stackTags: unknown;
}

/** @param change done to the app before it is synthesized */
export function frozenTemplate(config: EnvironmentConfig, service: string, change?: (app: App) => void): Frozen {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-frozen-'));
  try {
    const app = fastApp(folder);
    addStacks(app, config);
    change?.(app);
    const stack = app.synth().getStackByName(`understudy-${config.name}-${service}`);
    return { resources: stack.template.Resources, stackTags: stack.tags };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
