import type { Backend } from '@backstage/backend-app-api';
import { createBackend } from '@backstage/backend-defaults';
import { httpRouterWithMetrics } from './metrics';

/** The whole backend, not yet started. */
export function createUnderstudyBackend(): Backend {
  const backend = createBackend();

  backend.add(httpRouterWithMetrics);
  backend.add(import('@backstage/plugin-app-backend'));

  // A provider without a section in `auth.providers` stays off.
  backend.add(import('@backstage/plugin-auth-backend'));
  backend.add(import('@backstage/plugin-auth-backend-module-github-provider'));
  backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));

  backend.add(import('@backstage/plugin-catalog-backend'));
  backend.add(import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'));

  backend.add(import('@backstage/plugin-scaffolder-backend'));
  backend.add(import('@backstage/plugin-scaffolder-backend-module-github'));

  backend.add(import('@backstage/plugin-techdocs-backend'));

  backend.add(import('@backstage/plugin-search-backend'));
  backend.add(import('@backstage/plugin-search-backend-module-pg'));
  backend.add(import('@backstage/plugin-search-backend-module-catalog'));
  backend.add(import('@backstage/plugin-search-backend-module-techdocs'));

  backend.add(import('@understudy/plugin-understudy-backend'));

  return backend;
}
