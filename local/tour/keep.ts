import { join } from 'node:path';
import { serviceNames } from '../../lambda/domain/names.ts';
import { backstageBase } from '../images/backstage-base.ts';
import { imageOf } from '../images/image-of.ts';
import { backstage } from '../images/variants.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { backstageVisit } from '../load/visit.ts';
import { allScenarios, type Scenario } from '../scenarios/scenarios.ts';
import type { Stage } from '../stage-api.ts';
import type { Progress } from './progress.ts';

/** Four or five requests each. */
const visitsPerSecond = 3;

/** Makes the stage ready for people: an image of every kind in its registry, and users who come by. */
export async function keep(stage: Stage, progress: Progress): Promise<void> {
  const application = backstage(await backstageBase(join(import.meta.dirname, '../../backstage')));
  for (const { name, variant, version } of allScenarios) await stage.push(imageOf(application, variant, version), name);
  new LoadGenerator({ url: stage.url, visit: backstageVisit, visitsPerSecond, now: () => stage.now() }).start();
  progress.say(invitation(stage, allScenarios));
}

/** What a person with another terminal can do now. */
export function invitation(
  { url, service, environment, client: { endpoint } }: Pick<Stage, 'url' | 'service' | 'environment' | 'client'>,
  images: readonly Pick<Scenario, 'name' | 'title'>[],
): string {
  const width = Math.max(...images.map(({ name }) => name.length));
  const [first] = images;
  return [
    '',
    `The stage is open until Ctrl-C. ${service} is at ${url}; users come by. From another terminal:`,
    '',
    `  export AWS_ENDPOINT_URL=${endpoint}`,
    `  npm run release -- start ${service} ${first?.name} --wait`,
    '  npm run release -- status',
    '  npm run release -- --help',
    '',
    `Images of ${service}, by tag (aws ecr describe-images --repository-name ${serviceNames(environment, service).repository}):`,
    '',
    ...images.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`),
  ].join('\n');
}
