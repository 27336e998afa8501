import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { environmentNames } from '../lambda/domain/names.ts';
import { AccessStack } from './access/access-stack.ts';
import { CacheStack } from './cache/cache-stack.ts';
import type { EnvironmentConfig } from './config/config.ts';
import { DatabaseStack } from './database/database-stack.ts';
import { NetworkStack } from './network/network-stack.ts';
import { PlatformStack } from './platform/platform-stack.ts';
import { ReleaseStack } from './release/release-stack.ts';
import { DeliveryStack } from './service/delivery-stack.ts';
import { FrozenStack } from './service/frozen-stack.ts';
import { ShapeStack } from './service/shape-stack.ts';
import { DashboardStack } from './signals/dashboard-stack.ts';
import { SignalsStack } from './signals/signals-stack.ts';

/** The app of one environment, before any stack is in it. */
export function understudyApp(props: AppProps = {}): App {
  const app = new App({ analyticsReporting: false, ...props });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/**
 * All stacks of one environment. No account is named: a synthesis looks nothing up, and the templates
 * deploy to whichever account the deployer signs in to.
 */
export function addStacks(app: App, config: EnvironmentConfig): void {
  const { prefix } = environmentNames(config.name);
  const env = { region: config.region };
  const common = { config, env, tags: { 'understudy:environment': config.name } };

  const network = new NetworkStack(app, `${prefix}-network`, common);
  const signals = new SignalsStack(app, `${prefix}-signals`, common);
  const database = new DatabaseStack(app, `${prefix}-database`, { ...common, network, signals });
  const cache = config.cache && new CacheStack(app, `${prefix}-cache`, { ...common, network, cache: config.cache });
  const platform = new PlatformStack(app, `${prefix}-platform`, { ...common, network, signals });

  const services: Record<string, FrozenStack> = {};
  for (const service of Object.keys(config.services)) {
    const asksForCache = config.services[service]?.task.cache === true;
    const parts = {
      ...common,
      service,
      network,
      platform,
      database: database.access,
      cache: asksForCache && cache !== null ? cache.access(service) : null,
    };
    const shape = new ShapeStack(app, `${prefix}-${service}-shape`, parts);
    const frozen = new FrozenStack(app, `${prefix}-${service}`, parts);
    // The service's first task runs the shape, by the name of its family.
    frozen.addStackDependency(shape);
    new DeliveryStack(app, `${prefix}-${service}-delivery`, { ...parts, frozen, signals });
    services[service] = frozen;
  }
  const release = new ReleaseStack(app, `${prefix}-release`, common);
  const dashboard = new DashboardStack(app, `${prefix}-dashboard`, { ...common, signals, platform, services });
  // It filters the logs of the workflow, which it knows by name.
  dashboard.addStackDependency(release);
  if (config.access !== null) new AccessStack(app, `${prefix}-access`, { ...common, access: config.access });
}
