import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { environmentNamesAllowed } from '../../../lib/config/config.ts';
import { synthesized, template } from '../templates.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'runbook.md'), 'utf8');
/** Anchors as GitHub and TechDocs make them of headings. */
const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(/\s+/g, '-'),
);

const alarms = environmentNamesAllowed.flatMap((name) => {
  const environment = name === 'production' ? 'production' : name === 'dev' ? 'dev' : 'local';
  const { artifacts } = JSON.parse(JSON.stringify(synthesized(environment, 'manifest.json')));
  const stacks = Object.keys(artifacts).filter((id) => artifacts[id].type === 'aws:cloudformation:stack');
  return stacks.flatMap((stack) => {
    const found = template(environment, stack.replace(`understudy-${environment}-`, ''));
    return ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
      Object.values(found.findResources(type)).map(({ Properties }) => Properties),
    );
  });
});

describe('every alarm', () => {
  test('of every environment is looked at', () => {
    expect(alarms.length).toBeGreaterThan(90);
  });

  test('says where in the runbook to read what to do', () => {
    const places = alarms.map(({ AlarmDescription }) => /docs\/runbook\.md#([a-z-]+)$/.exec(AlarmDescription)?.[1]);
    expect(new Set(places)).toEqual(
      new Set([
        'alarms-of-a-colour',
        'error-budget-burns',
        'background-work-is-behind',
        'a-release-needs-people',
        'an-abandoned-release-was-not-recovered',
        'the-load-balancer-answers-by-itself',
        'the-database-calls',
      ]),
    );
    for (const place of new Set(places)) expect(anchors).toContain(place);
  });

  test('says what missing data means, unless it is made of other alarms', () => {
    const silent = alarms.filter((alarm) => alarm.AlarmRule === undefined && alarm.TreatMissingData === undefined);
    expect(silent.map(({ AlarmName }) => AlarmName)).toEqual([]);
  });
});
