import { version as backstageVersion } from '../../../backstage.json';
import { version as packageVersion } from '../../../package.json';

export interface Version {
  readonly version: string;
  readonly backstageVersion: string;
  readonly commit?: string;
  readonly startedAt: string;
}

export function readVersion(env: NodeJS.ProcessEnv, startedAt: Date): Version {
  return {
    version: env.APP_VERSION || packageVersion,
    backstageVersion,
    ...(env.APP_COMMIT ? { commit: env.APP_COMMIT } : {}),
    startedAt: startedAt.toISOString(),
  };
}
