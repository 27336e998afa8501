import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { complaints } from '../../local/scenarios/as-it-should.ts';
import { type Report, reportSchema } from '../../local/scenarios/report.ts';
import { scenarioNamed } from '../../local/scenarios/scenarios.ts';
import { schemaScenarios } from '../../local/scenarios/schema-scenarios.ts';

const repository = join(import.meta.dirname, '../..');
const tourSchema = z.object({ scenarios: z.array(reportSchema) });
/** One of them, when SCENARIO names it. */
const asked = process.env['SCENARIO'] ?? 'schema';
const names = asked === 'schema' ? schemaScenarios.map(({ name }) => name) : [scenarioNamed(asked).name];

describe('releases that change the schema, with real Backstage and real PostgreSQL', () => {
  const reports = new Map<string, Report>();

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-e2e-'));
    const file = join(folder, 'report.json');
    try {
      spawnSync(process.execPath, ['local/main.mjs', '--scenario', asked, '--exit', '--report', file], {
        cwd: repository,
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const written: unknown = JSON.parse(readFileSync(file, 'utf8'));
      const played = asked === 'schema' ? tourSchema.parse(written).scenarios : [reportSchema.parse(written)];
      for (const report of played) reports.set(report.scenario, report);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 40 * 60_000);

  const reportOf = (scenario: string): Report => {
    const report = reports.get(scenario);
    if (!report) throw new Error(`no report of ${scenario}; there are ${[...reports.keys()].join(', ') || 'none'}`);
    return report;
  };

  test.each(names)('%s: it ends as it should', (scenario) => {
    expect(complaints(scenarioNamed(scenario), reportOf(scenario))).toEqual([]);
  });

  test.each(names)(
    '%s: a fresh task of the live version works, nothing written is gone, nothing is left behind',
    (name) => {
      const { schema, requests } = reportOf(name);
      expect(schema).toMatchObject({
        freshTask: { works: true },
        entries: { missing: [] },
        scratchDatabases: [],
        heldLocks: [],
      });
      expect(requests.failed).toBe(0);
    },
  );
});
