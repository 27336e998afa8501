import type { EnvironmentConfig } from './config.ts';

export interface ListenerPorts {
  readonly scheme: 'http' | 'https';
  readonly production: number;
  readonly test: number;
  /** Ports that users may open: the production listener's, and the redirect's to it. */
  readonly public: readonly number[];
}

export function listenerPorts(config: Pick<EnvironmentConfig, 'certificateArn' | 'domain'>): ListenerPorts {
  return config.certificateArn === null && config.domain === null
    ? { scheme: 'http', production: 80, test: 8080, public: [80] }
    : { scheme: 'https', production: 443, test: 8443, public: [443, 80] };
}
