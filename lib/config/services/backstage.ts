import type { EnvironmentInput } from '../environment-schema.ts';

type ServiceInput = EnvironmentInput['services'][string];

type Shared = Pick<ServiceInput['frozen'], 'port' | 'rulePriority'> &
  Pick<ServiceInput['task'], 'bootstrapImage' | 'secrets'> & {
    readonly pools: Pick<NonNullable<ServiceInput['task']['database']>, 'pools' | 'poolSize'>;
  } & Pick<ServiceInput, 'schemaTool' | 'probe' | 'largeBodies'> & { readonly healthPath: string };

const healthPath = '/.backstage/health/v1/readiness';
const schemaTool = (...command: string[]) => ['node', 'packages/schema/bin/backstage-schema.js', ...command, '--json'];

/** What is the same for Backstage in every environment. */
export const backstage: Shared = {
  port: 7007,
  rulePriority: 100,
  healthPath,
  bootstrapImage: 'public.ecr.aws/docker/library/node:24-alpine',
  secrets: { PROBER_TOKEN: 'prober-token' },
  // One pool for each plugin; their size is that of backend.database.knexConfig in backstage/app-config.yaml.
  pools: { pools: 8, poolSize: 4 },
  schemaTool: {
    status: schemaTool('status'),
    up: schemaTool('up'),
    manifest: schemaTool('manifest'),
    down: schemaTool('down', '--to', '{manifest}'),
    copy: schemaTool('copy', '--prefix', '{scratch}'),
    drop: schemaTool('drop', '--prefix', '{scratch}'),
    unlock: schemaTool('unlock'),
    // Backstage reads any key of its configuration from a variable of this form; only the copy needs its databases made.
    // What it remembers of a copy must not get into the cache that all share, which a sealed task cannot reach anyway.
    scratchEnvironment: { APP_CONFIG_backend_database_prefix: '{scratch}', CACHE: 'memory' },
  },
  largeBodies: [
    {
      path: '/api/catalog/entities/by-refs',
      reason: 'A page asks for all the entities that it shows, by their names.',
    },
    { path: '/api/scaffolder/v2/tasks', reason: 'A task carries everything that was entered in its form.' },
    { path: '/api/scaffolder/v2/dry-run', reason: 'The template editor sends the files of a template.' },
  ],
  probe: {
    journeys: [
      { name: 'app shell', path: '/', contains: '<div id="root"', budgetMs: 2000 },
      { name: 'readiness', path: healthPath, budgetMs: 2000 },
      { name: 'version', path: '/api/understudy/version', contains: '"version"', budgetMs: 2000 },
      {
        name: 'catalog',
        path: '/api/catalog/entities/by-query?limit=5',
        contains: '"items"',
        budgetMs: 2000,
        authenticated: true,
      },
      {
        name: 'entity',
        path: '/api/catalog/entities/by-name/component/default/backstage',
        contains: '"kind"',
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
      {
        name: 'documentation',
        path: '/api/techdocs/static/docs/default/system/understudy/index.html',
        contains: '</html>',
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
};
