import { describe, expect, test } from '@jest/globals';
import { byVersion, findRelease } from '../../../scripts/upgrade/release-list.ts';

const published: Readonly<Record<string, string>> = {
  '0.7.9': '1.48.0',
  '0.8.0': '1.49.0',
  '0.8.1': '1.49.1',
  '0.9.0': '1.53.0',
  '0.9.1': '1.54.0',
  '0.9.2': '1.55.0',
  '0.10.0': '1.56.0',
};
const versions = ['0.9.1-next.3', ...Object.keys(published)];
const read = async (version: string) => {
  const release = published[version];
  if (release === undefined) throw new Error(`${version} was not asked for`);
  return { release, packages: { '@backstage/backend-defaults': version } };
};

describe('the package list of a Backstage release', () => {
  test.each(Object.entries(published))('is that of create-app %s for %s', async (version, release) => {
    const list = await findRelease(release, versions, read);
    expect(list).toEqual({ release, packages: { '@backstage/backend-defaults': version } });
  });

  test('is not guessed: a release without one is told its neighbours', async () => {
    await expect(findRelease('1.54.3', versions, read)).rejects.toThrow('take one of its neighbours, 1.54.0 or 1.55.0');
  });

  test.each(['1.55', 'latest', '', '1.55.0-next.1'])('is not looked for when "%s" is asked for', async (release) => {
    await expect(findRelease(release, versions, read)).rejects.toThrow('is no release of Backstage');
  });

  test('sorts versions by number, not by letter', () => {
    expect(['0.10.0', '0.9.2', '0.9.10'].toSorted(byVersion)).toEqual(['0.9.2', '0.9.10', '0.10.0']);
  });
});
