import { readVersion } from '../src/version';

const startedAt = new Date('2026-11-21T08:00:00Z');

it('tells the version that the task was given', () => {
  expect(readVersion({ APP_VERSION: '1.4.0', APP_COMMIT: 'abc1234' }, startedAt)).toMatchObject({
    version: '1.4.0',
    commit: 'abc1234',
    startedAt: '2026-11-21T08:00:00.000Z',
  });
});

it("falls back to the package's version, and names no commit that it does not know", () => {
  const version = readVersion({}, startedAt);
  expect(version.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(version).not.toHaveProperty('commit');
});
