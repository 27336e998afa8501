import { addStacks, understudyApp } from '../lib/app.ts';
import { ConfigError, environmentConfig } from '../lib/config/config.ts';

try {
  const app = understudyApp();
  addStacks(app, environmentConfig(app.node.tryGetContext('environment')));
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
