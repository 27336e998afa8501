import { addStacks } from '../../../lib/app.ts';
import { type EnvironmentConfig, environmentConfig } from '../../../lib/config/config.ts';
import { Assembly } from '../../../local/deploy/assembly.ts';
import { fastApp } from '../../lib/fast-app.ts';

/** The stage's environment with the shortest waits that still take every release through every look. */
export function shortened(): EnvironmentConfig {
  const config = environmentConfig('local');
  const services = Object.entries(config.services).map(([name, service]) => {
    const { policies } = service;
    const short = {
      feature: { ...policies.feature, canaryMinutes: 1, bakeSeconds: 30, minimumJudged: 10 },
      hotfix: { ...policies.hotfix, canaryMinutes: 1, bakeSeconds: 30 },
      rollback: { ...policies.rollback, bakeSeconds: 15 },
    };
    const observation = { ...service.observation, intervalSeconds: 30 };
    return [name, { ...service, observation, policies: { ...policies, ...short } }];
  });
  return { ...config, services: Object.fromEntries(services) };
}

/** Synthesizes it, functions bundled, into a folder. */
export function synthesize(folder: string, config = shortened()): Assembly {
  const app = fastApp(folder, { bundling: true });
  addStacks(app, config);
  app.synth();
  return new Assembly(folder);
}
