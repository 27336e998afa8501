import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { backstageBase } from '../images/backstage-base.ts';
import { backstage } from '../images/variants.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { backstageVisit } from '../load/visit.ts';
import { complaints } from '../scenarios/as-it-should.ts';
import { type Report, reportSchema } from '../scenarios/report.ts';
import { type Scenario, scenarios, upTo } from '../scenarios/scenarios.ts';
import { schemaScenarios } from '../scenarios/schema-scenarios.ts';
import type { Stage } from '../stage-api.ts';
import type { PlayCommand } from './arguments.ts';
import { Outside } from './outside.ts';
import { play } from './play.ts';
import type { Progress } from './progress.ts';
import { type Played, summary } from './summary.ts';

/** Four or five requests each: about 13 requests per second. */
const visitsPerSecond = 3;

/** What has to be played for a command, in order. */
export function scenariosFor(wanted: PlayCommand['scenario']): readonly Scenario[] {
  if (wanted === null) return scenarios;
  return wanted === 'schema' ? schemaScenarios : upTo(wanted);
}

/** Plays what the command asks for, tells how it goes, writes the report. @returns whether all ended as it should */
export async function runTour(command: PlayCommand, stage: Stage, progress: Progress): Promise<boolean> {
  const outside = await Outside.of(stage.environment, stage.service, stage.client);
  const application = backstage(await backstageBase(join(import.meta.dirname, '../../backstage')));
  const load = new LoadGenerator({ url: stage.url, visit: backstageVisit, visitsPerSecond, now: () => stage.now() });
  const played: Played[] = [];
  load.start();
  try {
    for (const [index, scenario] of scenariosFor(command.scenario).entries()) {
      progress.say();
      progress.say(`${scenario.name}: ${scenario.title}`);
      progress.begin();
      const report = await play(scenario, index + 1, {
        stage,
        outside,
        load,
        application,
        applicationVersion: () => backstageVersion(stage.url),
        show: (view) => progress.show(view),
      });
      const found = complaints(scenario, report);
      played.push({ report, complaints: found });
      progress.say(`  ${found.length === 0 ? '✓' : '✗'} ${report.outcome}: ${report.reason}`);
      for (const complaint of found) progress.say(`  ✗ ${complaint}`);
    }
  } finally {
    await load.stop();
    progress.say();
    progress.say(summary(played));
    if (command.report !== null) {
      writeReport(command, played);
      progress.say(`\nThe report is in ${command.report}.`);
    }
  }
  return played.every(({ complaints: found }) => found.length === 0);
}

/** One scenario's report is the document itself; the tour's are a list. */
function writeReport({ report: file, scenario }: PlayCommand, played: readonly Played[]): void {
  if (file === null) return;
  const reports: Report[] = played.map(({ report }) => reportSchema.parse(report));
  const wanted = scenario === null || scenario === 'schema' ? null : scenario.name;
  const one = reports.find((report) => report.scenario === wanted);
  writeFileSync(file, `${JSON.stringify(one ?? { scenarios: reports }, null, 2)}\n`);
}

const versionSchema = z.object({ backstageVersion: z.string() });

/** As what serves tells it; of the sources when it tells nothing. */
async function backstageVersion(url: string): Promise<string> {
  try {
    const answer = await fetch(`${url}/api/understudy/version`, { signal: AbortSignal.timeout(5000) });
    return versionSchema.parse(await answer.json()).backstageVersion;
  } catch {
    const file = join(import.meta.dirname, '../../backstage/backstage.json');
    return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
  }
}
