import type { StackProps } from 'aws-cdk-lib';
import type { CacheAccess } from '../cache/cache-stack.ts';
import type { EnvironmentConfig, ServiceConfig } from '../config/config.ts';
import type { DatabaseAccess } from '../database/database-stack.ts';
import type { NetworkStack } from '../network/network-stack.ts';
import type { PlatformStack } from '../platform/platform-stack.ts';

/** What the three stacks of one service are made from. */
export interface ServiceStackProps extends StackProps {
  readonly config: EnvironmentConfig;
  /** The service's name: its key in the configuration. */
  readonly service: string;
  readonly network: NetworkStack;
  readonly platform: PlatformStack;
  readonly database: DatabaseAccess;
  /** Null for a service that asks for none. */
  readonly cache: CacheAccess | null;
}

/** @throws Error when the configuration has no such service */
export function serviceConfig({ config, service }: Pick<ServiceStackProps, 'config' | 'service'>): ServiceConfig {
  const found = config.services[service];
  if (found === undefined) {
    throw new Error(
      `${config.name} has no service ${JSON.stringify(service)}; its services: ${Object.keys(config.services).join(', ')}`,
    );
  }
  return found;
}
