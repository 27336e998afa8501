import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { environmentConfig, environmentNamesAllowed } from '../../lib/config/config.ts';
import { synthesized } from './templates.ts';

interface Artifact {
  readonly type: string;
  readonly dependencies?: readonly string[];
  readonly environment?: string;
}

/** What each stack waits for, directly or by way of others, as `cdk deploy --all` reads it in the manifest. */
function order(environment: (typeof environmentNamesAllowed)[number]): ReadonlyMap<string, ReadonlySet<string>> {
  const { artifacts }: { artifacts: Record<string, Artifact> } = JSON.parse(
    JSON.stringify(synthesized(environmentConfig(environment).name, 'manifest.json')),
  );
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const before = (id: string): string[] => {
    const direct = (artifacts[id]?.dependencies ?? []).filter((each) => !each.endsWith('.assets'));
    return direct.flatMap((each) => [each, ...before(each)]);
  };
  return new Map(stacks.map(([id]) => [id, new Set(before(id))]));
}

describe.each(environmentNamesAllowed)('a first deploy of %s', (environment) => {
  const found = order(environment);
  const before = (stack: string) => found.get(`understudy-${environment}-${stack}`) ?? new Set();
  const named = (...stacks: string[]) => stacks.map((stack) => `understudy-${environment}-${stack}`);

  test.each([
    ['database', ['network', 'signals']],
    ['platform', ['network', 'signals']],
    // Roles, secrets and the place of the database are in a task before the service starts its first one.
    ['backstage-shape', ['network', 'database', 'platform']],
    // By name only: cluster and task definition. The service needs both to be there.
    ['backstage', ['platform', 'backstage-shape']],
    ['backstage-delivery', ['backstage', 'signals']],
    ['dashboard', ['release', 'signals', 'backstage']],
  ])('makes %s after what it stands on', (stack, stands) => {
    expect([...before(stack)]).toEqual(expect.arrayContaining(named(...stands)));
  });

  test('makes the workflow at any time, for it knows the other stacks by name only', () => {
    expect([...before('release')]).toEqual([]);
  });

  test('needs no account and looks nothing up', () => {
    const manifest = JSON.parse(JSON.stringify(synthesized(environmentConfig(environment).name, 'manifest.json')));
    expect(manifest.missing).toBeUndefined();
    const environments = Object.values<Artifact>(manifest.artifacts).flatMap((each) => each.environment ?? []);
    expect(new Set(environments)).toEqual(new Set([`aws://unknown-account/${environmentConfig(environment).region}`]));
  });
});

/** Stacks that a setting leaves out. */
const optional = new Set(['access', 'cache']);

function stacksOf(environment: 'dev' | 'production'): string[] {
  const names = [...order(environment).keys()].map((id) => id.replace(`understudy-${environment}-`, ''));
  return names.filter((name) => !optional.has(name)).toSorted();
}

describe('dev and production differ by configuration alone', () => {
  test('and have the same stacks, but for what a setting leaves out', () => {
    expect(stacksOf('dev')).toEqual(stacksOf('production'));
  });

  test('for nothing outside of the configuration asks which of them it is', () => {
    const root = join(import.meta.dirname, '..', '..', 'lib');
    const files = globSync('**/*.ts', { cwd: root }).filter((file) => !file.startsWith('config/'));
    expect(files.length).toBeGreaterThan(30);
    const asking = files.filter((file) => /['"`](?:production|dev)['"`]/.test(readFileSync(join(root, file), 'utf8')));
    expect(asking).toEqual([]);
  });
});
