import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { complaints } from '../../local/scenarios/as-it-should.ts';
import { type Report, reportSchema } from '../../local/scenarios/report.ts';
import { scenarioNamed } from '../../local/scenarios/scenarios.ts';

const repository = join(import.meta.dirname, '../..');

const tourSchema = z.object({ scenarios: z.array(reportSchema) });

function local(...args: string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['local/main.mjs', ...args], {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
      process.stdout.write(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}

const caughtBeforeUsers = ['crash', 'zombie', 'hang', 'errors', 'slow'];
const released = ['first', 'good', 'hotfix'];

describe('the tour with real Backstage and real PostgreSQL', () => {
  const reports = new Map<string, Report>();
  let status: number | null = null;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-e2e-'));
    const file = join(folder, 'report.json');
    try {
      ({ status } = await local('--exit', '--report', file));
      const { scenarios } = tourSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
      for (const report of scenarios) reports.set(report.scenario, report);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 40 * 60_000);

  const reportOf = (scenario: string): Report => {
    const report = reports.get(scenario);
    if (!report) throw new Error(`no report of ${scenario}; there are ${[...reports.keys()].join(', ') || 'none'}`);
    return report;
  };

  test('ends well', () => {
    expect(status).toBe(0);
  });

  test.each(released)('%s: the new version serves, and no user saw an error', (scenario) => {
    const report = reportOf(scenario);
    expect(report.outcome).toBe('released');
    expect(report.live.after).not.toBe(report.live.before);
    expect(report.requests.total).toBeGreaterThan(0);
    expect(report.requests.failed).toBe(0);
    expect(report.requests.onGreen).toBeGreaterThan(0);
  });

  test.each(caughtBeforeUsers)('%s: caught before any user reached it', (scenario) => {
    const report = reportOf(scenario);
    expect(report.outcome).toBe('rolled-back');
    expect(report.live.after).toBe(report.live.before);
    expect(report.requests.total).toBeGreaterThan(0);
    expect(report.requests).toMatchObject({ failed: 0, onGreen: 0 });
  });

  test('late: users are hurt by no more than the new version’s share, no longer than three observation intervals, and never by the old one', () => {
    const report = reportOf('late');
    expect(report.outcome).toBe('rolled-back');
    expect(report.live.after).toBe(report.live.before);
    expect(report.requests.failedOnBlue).toBe(0);
    expect(report.requests.failed).toBe(report.requests.failedOnGreen);
    expect(report.exposure.failed).toBeGreaterThan(0);
    expect(complaints(scenarioNamed('late'), report)).toEqual([]);
    const { firstBadAt, decidedAt, restoredAt } = report.detection;
    if (!firstBadAt || !decidedAt || !restoredAt)
      throw new Error(`nothing detected: ${JSON.stringify(report.detection)}`);
    expect(report.allowedSeconds).toBeLessThanOrEqual(3 * 60);
    expect(Date.parse(decidedAt) - Date.parse(firstBadAt)).toBeLessThanOrEqual(report.allowedSeconds * 1000);
    expect(Date.parse(restoredAt)).toBeGreaterThanOrEqual(Date.parse(decidedAt));
  });

  test.each([...released, ...caughtBeforeUsers, 'late'])(
    '%s: one healthy version serves everybody, the lock is free, the ledger is true, no task is orphaned, somebody was told',
    (scenario) => {
      expect(reportOf(scenario)).toMatchObject({ lockFree: true, ledgerFinal: true, orphanTasks: 0 });
      expect(reportOf(scenario).serving).toMatchObject({ percent: 100, unhealthyTargets: 0 });
      expect(reportOf(scenario).serving.healthyTargets).toBeGreaterThan(0);
      expect(reportOf(scenario).notifications).toBeGreaterThan(0);
    },
  );
});
