import { describe, expect, test } from '@jest/globals';
import { appSpec } from '../../../lambda/domain/appspec.ts';
import { notification } from '../../../lambda/domain/events.ts';
import { crashLoop } from '../../../lambda/domain/green-tasks.ts';
import { clientToken, startedBy } from '../../../lambda/domain/identifiers.ts';
import { lookInterval, recentLooks, withLook } from '../../../lambda/domain/observation.ts';
import { newRelease, releaseSchema } from '../../../lambda/domain/release.ts';
import { readStatus } from '../../../lambda/domain/schema-status.ts';
import { isPast, pollInterval } from '../../../lambda/domain/time.ts';
import { at, execution, look, registered, shape, shifted } from './samples.ts';

test('the AppSpec names revision, container, port and network', () => {
  expect(JSON.parse(appSpec(shape, 'trucks:3'))).toEqual({
    version: 0,
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: 'trucks:3',
            LoadBalancerInfo: { ContainerName: 'trucks', ContainerPort: 7100 },
            PlatformVersion: '1.4.0',
            NetworkConfiguration: {
              AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED' },
            },
          },
        },
      },
    ],
  });
});

describe('identifiers', () => {
  test('a release’s id is what its tasks were started by, where ECS allows it', () => {
    expect(startedBy('trucks-2')).toBe('trucks-2');
  });

  test.each(['x'.repeat(129), 'trucks 2', 'a.b'])('ECS allows neither %j nor a collision', (id) => {
    expect(startedBy(id)).toMatch(/^[A-Za-z0-9/_-]{1,128}$/);
    expect(startedBy(id)).not.toBe(startedBy(`${id}.`));
  });

  test('each of a release’s tasks has a token of its own, of at most 64 characters', () => {
    const tokens = ['plan', 'migrate', 'rehearse', 'verify'].map((purpose) => clientToken('trucks-2', purpose));
    expect(new Set(tokens).size).toBe(4);
    expect(tokens.every((token) => token.length <= 64)).toBe(true);
  });
});

describe('the schema tool’s answer', () => {
  const status =
    '{"plugins":[{"plugin":"catalog","sets":[{"pending":["1.js"]},{"pending":["2.js"]}]},{"plugin":"auth","sets":[{"pending":[]}]}]}';

  test('is the last line of its form, whatever else was logged', () => {
    const older = '{"plugins":[{"plugin":"old","sets":[{"pending":["0.js"]}]}]}';
    expect(readStatus(['starting', older, status, '{"level":"info"}', 'bye'])?.pending).toEqual([
      { plugin: 'catalog', migrations: ['1.js', '2.js'] },
    ]);
  });

  test('tells what the database has of the plugins that change, and what cannot be placed', () => {
    const sets = '[{"table":"knex_migrations","pending":["2.js"],"present":["1.js"]},{"table":"other","pending":[]}]';
    const told = `{"plugins":[{"plugin":"catalog","sets":${sets}}],"unplaced":[{"package":"own","reason":"has two tables"}]}`;
    expect(readStatus([told])).toMatchObject({
      applied: [{ plugin: 'catalog', table: 'knex_migrations', migrations: ['1.js'] }],
      unplaced: ['own has two tables'],
    });
  });

  test('without a line of its form there is none: that is not "nothing pending"', () => {
    expect(readStatus(['starting', '{"plugins":"none"}'])).toBeNull();
    expect(readStatus(['{"plugins":[]}'])).toEqual({ pending: [], applied: [], locked: [], unplaced: [] });
  });
});

describe('time', () => {
  test('a deadline is past from its very second on', () => {
    expect([isPast(at(0), 60, at(59)), isPast(at(0), 60, at(60))]).toEqual([false, true]);
  });

  test('a bake of 48 hours with an hour’s polls stays far below 25,000 history events', () => {
    let looks = 0;
    for (let baked = 0; baked < 48 * 3600; baked += lookInterval(15, baked)) looks += 1;
    let polls = 0;
    for (let waited = 0; waited < 3600; waited += pollInterval(waited)) polls += 1;
    // A look is a Task (5 events), two Choices (2 each) and a Wait (2).
    expect((looks + polls) * 11).toBeLessThan(15_000);
  });
});

describe('green’s tasks that do not stay up', () => {
  const task = {
    taskDefinition: 'green:3',
    startedBy: 'ecs-svc/1',
    reason: 'Essential container in task exited',
    exitCode: 1,
    createdAt: at(41),
  };
  const green = { revision: 'green:3', oneOff: 'trucks-2', since: at(40) };

  test('three of them are a crash loop', () => {
    expect(crashLoop([task, task, task], green)).toContain('exit code 1');
  });

  test('those that ended before it was deployed again do not count', () => {
    const earlier = { ...task, createdAt: at(39) };
    expect(crashLoop([task, earlier, earlier], green)).toBeNull();
  });

  test('two may be chance, blue’s do not count, nor do the release’s own one-off tasks', () => {
    const others = [
      { ...task, taskDefinition: 'blue:2' },
      { ...task, startedBy: 'trucks-2' },
    ];
    expect(crashLoop([task, task, ...others], green)).toBeNull();
  });
});

describe('the release document', () => {
  test('survives the way through JSON and its schema unchanged, at its beginning and later on', () => {
    for (const release of [newRelease(execution, at(0)), registered(), shifted({ continuedAt: at(60) })]) {
      expect(releaseSchema.parse(JSON.parse(JSON.stringify(release)))).toEqual(release);
    }
  });

  test('does not grow with the looks of a bake', () => {
    let { observation } = shifted();
    for (let count = 0; count < 1000; count += 1) observation = withLook(observation, look([5, 0], [5, 0]));
    expect(observation).toMatchObject({ looks: 1000 });
    expect(observation.recent).toHaveLength(recentLooks);
  });
});

test('a notification’s subject tells a rollback from a release', () => {
  const rollback = { ...registered(), kind: 'rollback' as const };
  expect(notification({ ...rollback, outcome: 'released' }).subject).toBe(
    '[understudy] trucks rollback to 2.0.0: released',
  );
  expect(notification({ ...rollback, request: null, outcome: 'unchanged' }).subject).toBe(
    '[understudy] trucks rollback: unchanged',
  );
});

test('a notification’s subject is ASCII and at most 100 characters', () => {
  const release = registered();
  const request = release.request && { ...release.request, version: `2.0.0-ümlaut-${'x'.repeat(120)}` };
  const { subject } = notification({ ...release, request, outcome: 'released' });
  expect(subject).toMatch(/^\[understudy\] trucks 2\.0\.0-\?mlaut[\x20-\x7e]{1,100}$/);
  expect(subject.length).toBeLessThanOrEqual(100);
});
