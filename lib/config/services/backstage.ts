import type { EnvironmentInput } from '../environment-schema.ts';

type ServiceInput = EnvironmentInput['services'][string];

/** What is the same for Backstage in every environment. */
export const backstage = {
  port: 7007,
  healthPath: '/.backstage/health/v1/readiness',
  rulePriority: 100,
  bootstrapImage: 'public.ecr.aws/docker/library/node:24-alpine',
  secrets: { BACKEND_SECRET: 'generated', PROBER_TOKEN: 'prober-token' },
  schemaTool: {
    status: ['node', 'packages/schema/bin/backstage-schema.mjs', 'status', '--json'],
    up: ['node', 'packages/schema/bin/backstage-schema.mjs', 'up', '--json'],
  },
  probe: {
    journeys: [
      { name: 'app shell', path: '/', contains: '<div id="root"', budgetMs: 2000 },
      { name: 'readiness', path: '/.backstage/health/v1/readiness', budgetMs: 2000 },
      { name: 'version', path: '/api/understudy/version', contains: '"version"', budgetMs: 2000 },
      {
        name: 'catalog',
        path: '/api/catalog/entities/by-query?limit=5',
        contains: '"items"',
        budgetMs: 2000,
        authenticated: true,
      },
      {
        name: 'search',
        path: '/api/search/query?term=backstage',
        contains: '"results"',
        budgetMs: 2000,
        authenticated: true,
      },
    ],
    write: {
      name: 'write probe',
      method: 'POST',
      path: '/api/understudy/probe',
      budgetMs: 20_000,
      authenticated: true,
    },
  },
} satisfies Pick<ServiceInput, 'schemaTool' | 'probe'> & {
  readonly secrets: ServiceInput['task']['secrets'];
  readonly [setting: string]: unknown;
};
