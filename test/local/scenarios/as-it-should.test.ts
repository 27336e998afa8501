import { describe, expect, test } from '@jest/globals';
import { complaints } from '../../../local/scenarios/as-it-should.ts';
import { type Report, reportSchema } from '../../../local/scenarios/report.ts';
import { scenarioNamed } from '../../../local/scenarios/scenarios.ts';

const before = `sha256:${'a'.repeat(64)}`;
const after = `sha256:${'b'.repeat(64)}`;

/** A good release's report. */
const good: Report = reportSchema.parse({
  scenario: 'good',
  service: 'backstage',
  release: 'good-2',
  outcome: 'released',
  reason: 'judged good',
  live: { before, after },
  serving: { targetGroup: 'b', percent: 100, healthyTargets: 1, unhealthyTargets: 0 },
  requests: { total: 500, failed: 0, onGreen: 250, failedOnBlue: 0, failedOnGreen: 0 },
  latency: { p50: 10, p95: 20, p99: 30 },
  failures: [],
  detection: { firstBadAt: null, decidedAt: null, restoredAt: null },
  exposure: { failed: 0, share: 250 },
  states: [{ name: 'Open', at: '2026-11-21T00:00:00.000Z', seconds: 0.5 }],
  execution: { historyEvents: 300, lambdaInvocations: 40 },
  rehearsal: null,
  schema: null,
  lockFree: true,
  ledgerFinal: true,
  orphanTasks: 0,
  notifications: 1,
  backstageVersion: '1.55.0',
  postgresVersion: '17.10',
  allowedSeconds: 45,
  tookSeconds: 60,
});

const rolledBack: Report = {
  ...good,
  outcome: 'rolled-back',
  live: { before, after: before },
  requests: { total: 500, failed: 0, onGreen: 0, failedOnBlue: 0, failedOnGreen: 0 },
};

const hurt: Report = {
  ...rolledBack,
  requests: { total: 500, failed: 7, onGreen: 11, failedOnBlue: 0, failedOnGreen: 7 },
  detection: {
    firstBadAt: '2026-11-21T00:01:00.000Z',
    decidedAt: '2026-11-21T00:01:40.000Z',
    restoredAt: '2026-11-21T00:01:50.000Z',
  },
  exposure: { failed: 7, share: 9 },
};

const about = (scenario: string, report: Report) => complaints(scenarioNamed(scenario), report);

test('nothing is wrong with what ended as it should', () => {
  expect(about('good', good)).toEqual([]);
  expect(about('first', { ...good, live: { before: null, after } })).toEqual([]);
  for (const name of ['crash', 'errors', 'slow', 'hang', 'zombie']) expect(about(name, rolledBack)).toEqual([]);
  expect(about('late', hurt)).toEqual([]);
});

test('users may be hurt by as much as the new version’s share of the traffic, and not by more', () => {
  expect(about('late', { ...hurt, exposure: { failed: 24, share: 9 } })).toEqual([]);
  expect(about('late', { ...hurt, exposure: { failed: 25, share: 9 } })).toEqual([
    "25 requests failed until the decision; the new version's share of the traffic was 9",
  ]);
});

describe('a release that', () => {
  test.each<[string, string, Report, string]>([
    ['ended otherwise', 'crash', good, 'it ended released instead of rolled-back'],
    ['left the old version live', 'good', { ...good, live: { before, after: before } }, 'the new version is not live'],
    ['left another version live', 'crash', { ...rolledBack, live: { before, after } }, `${after} is live instead of`],
    ['no user saw', 'good', { ...good, requests: { ...good.requests, onGreen: 0 } }, 'no user saw the new version'],
    [
      'hurt users',
      'good',
      { ...good, requests: { ...good.requests, failed: 2, failedOnGreen: 2 }, failures: ['page: status 502'] },
      '2 requests failed: page: status 502',
    ],
    [
      'let users reach a broken version, though it answered them well',
      'errors',
      { ...rolledBack, requests: { ...rolledBack.requests, onGreen: 3 } },
      '3 requests of users reached the new version',
    ],
    [
      "hurt the old version's users",
      'late',
      { ...hurt, requests: { ...hurt.requests, failed: 9, failedOnBlue: 2 } },
      '2 requests failed',
    ],
    [
      'was decided too late',
      'late',
      { ...hurt, detection: { ...hurt.detection, decidedAt: '2026-11-21T00:02:00.000Z' } },
      'the decision came 60 s after the first bad answer, allowed are 45 s',
    ],
    ['never met a user', 'late', { ...hurt, requests: { ...rolledBack.requests } }, 'the scenario proves nothing'],
    [
      'was not mended',
      'late',
      { ...hurt, detection: { ...hurt.detection, restoredAt: null } },
      'not detected, or not mended',
    ],
    [
      'was left half-way',
      'crash',
      { ...rolledBack, serving: { ...good.serving, percent: 90 } },
      '90 % instead of 100 %',
    ],
    ['left nothing healthy', 'crash', { ...rolledBack, serving: { ...good.serving, healthyTargets: 0 } }, 'no healthy'],
    ['holds the lock', 'crash', { ...rolledBack, lockFree: false }, 'the lock is still held'],
    ['is open in the ledger', 'crash', { ...rolledBack, ledgerFinal: false }, "the ledger's entry is not final"],
    ['left a task', 'crash', { ...rolledBack, orphanTasks: 1 }, '1 tasks are left'],
    ['told nobody', 'crash', { ...rolledBack, notifications: 0 }, 'nobody was told'],
    ['had no users', 'crash', { ...rolledBack, requests: { ...rolledBack.requests, total: 0 } }, 'no user was there'],
  ])('%s is complained about', (_what, scenario, report, complaint) => {
    expect(about(scenario, report).join('\n')).toContain(complaint);
  });
});

test('there is no scenario but those that there are', () => {
  expect(() => scenarioNamed('best')).toThrow('There is no scenario "best". There are: first, good, hotfix, crash,');
});

describe('a release that changes the schema', () => {
  const schema: NonNullable<Report['schema']> = {
    freshTask: { works: true, detail: '' },
    entries: { before: 5, during: 30, missing: [] },
    scratchDatabases: [],
    heldLocks: [],
    rollback: null,
  };
  const rehearsal = { seconds: 60, rows: 900, bytes: 100_000, drift: [] };
  const refused: Report = {
    ...rolledBack,
    scenario: 'schema-breaks',
    outcome: 'refused',
    rehearsal: { ...rehearsal, verdict: 'exclusive' },
    schema,
  };
  const takenBack: Report = {
    ...good,
    scenario: 'schema-coexists',
    live: { before, after: before },
    rehearsal: { ...rehearsal, verdict: 'coexists' },
    schema: { ...schema, rollback: { outcome: 'released', reason: '' } },
  };

  test('is as it should be when it is refused before any user saw it, or taken back with all that was written', () => {
    expect(about('schema-breaks', refused)).toEqual([]);
    expect(about('schema-coexists', takenBack)).toEqual([]);
  });

  test.each<[string, Report, string]>([
    [
      'another verdict',
      { ...refused, rehearsal: { ...rehearsal, verdict: 'coexists' } },
      'said coexists instead of exclusive',
    ],
    [
      'a rehearsal without a copy',
      { ...refused, rehearsal: { ...rehearsal, verdict: 'exclusive', rows: 0 } },
      'copied no row',
    ],
    ['no rehearsal', { ...refused, rehearsal: null }, 'said nothing instead of exclusive'],
    ['nobody who looked', { ...refused, schema: null }, 'nobody looked'],
    [
      'a fresh task that does not work',
      { ...refused, schema: { ...schema, freshTask: { works: false, detail: 'it ended' } } },
      'a fresh task of the live version does not work: it ended',
    ],
    [
      'what users wrote being gone',
      { ...refused, schema: { ...schema, entries: { before: 5, during: 9, missing: ['a-3'] } } },
      'users wrote, and it is gone: a-3',
    ],
    [
      'nobody having written',
      { ...refused, schema: { ...schema, entries: { before: 5, during: 0, missing: [] } } },
      'nobody wrote: the scenario proves nothing',
    ],
    [
      'a copy that is left',
      { ...refused, schema: { ...schema, scratchDatabases: ['scratch_x'] } },
      'copies are left: scratch_x',
    ],
    [
      'a lock that is held',
      { ...refused, schema: { ...schema, heldLocks: ['logbook.x'] } },
      'locks are held: logbook.x',
    ],
  ])('is complained of for %s', (_what, report, complaint) => {
    expect(about('schema-breaks', report)).toEqual([expect.stringContaining(complaint)]);
  });

  test('is complained of when the rollback did not happen', () => {
    expect(about('schema-coexists', { ...takenBack, schema })).toEqual([expect.stringContaining('the rollback ended')]);
    expect(about('schema-coexists', { ...takenBack, live: { before, after } })).toEqual([
      `${after} is live instead of ${before}`,
    ]);
  });
});
