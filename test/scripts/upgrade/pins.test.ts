import { describe, expect, test } from '@jest/globals';
import { pinsOf, type ReadDependencies } from '../../../scripts/upgrade/pins.ts';

const list = { release: '1.41.0', packages: { '@backstage/plugin-a': '1.0.0', '@backstage/plugin-b': '2.0.0' } };

const registry =
  (packages: Record<string, Record<string, string>>): ReadDependencies =>
  async (name, version) =>
    packages[`${name}@${version}`] ?? null;

describe('the versions that an app of a release is pinned to', () => {
  test('are those of its list, and for the rest the highest version that a package of the release asks for', async () => {
    const { versions, missing } = await pinsOf(
      list,
      ['@backstage/plugin-a', '@backstage/plugin-b'],
      registry({
        '@backstage/plugin-a@1.0.0': { '@backstage/types': '^1.1.0', knex: '^3.0.0', '@backstage/plugin-b': '^1.0.0' },
        '@backstage/plugin-b@2.0.0': { '@backstage/types': '^1.2.0', '@backstage/config': '~1.3.0' },
        '@backstage/types@1.2.0': {},
        '@backstage/config@1.3.0': {},
      }),
    );
    expect(missing).toEqual([]);
    expect(versions).toEqual({
      '@backstage/config': '1.3.0',
      '@backstage/plugin-a': '1.0.0',
      '@backstage/plugin-b': '2.0.0',
      '@backstage/types': '1.2.0',
    });
  });

  test('leave to npm what the registry does not have, and name it when the app asks for it itself', async () => {
    const { versions, missing } = await pinsOf(
      list,
      ['@backstage/plugin-a', '@backstage/plugin-b'],
      registry({ '@backstage/plugin-a@1.0.0': { '@backstage/types': '^1.1.0' } }),
    );
    expect(versions).toEqual({ '@backstage/plugin-a': '1.0.0' });
    expect(missing).toEqual(['@backstage/plugin-b']);
  });

  test('ignore ranges that Backstage does not publish', async () => {
    const read = registry({ '@backstage/plugin-a@1.0.0': { '@backstage/types': '>=1 <3', '@backstage/x': '*' } });
    expect((await pinsOf(list, ['@backstage/plugin-a'], read)).versions).toEqual({ '@backstage/plugin-a': '1.0.0' });
  });
});
