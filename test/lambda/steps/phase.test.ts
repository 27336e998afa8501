import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { handler as close } from '../../../lambda/steps/close.ts';
import { handler as open } from '../../../lambda/steps/open.ts';
import { handler as plan } from '../../../lambda/steps/plan.ts';
import { handler as register } from '../../../lambda/steps/register.ts';
import { ServiceError } from '../../../local/aws/operation.ts';
import { at, request } from '../domain/samples.ts';
import { leadToRegistered } from './lead.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
beforeEach(() => world.reset());
afterAll(() => world.close());

const entries = () => world.inputs('PutEvents').flatMap(({ Entries }) => Object(Entries));

test('a state that the release enters is told once, however often the release looks again', async () => {
  const planning = await world.run(plan, await leadToRegistered(world), 20);
  expect(planning.wait).toMatchObject({ resume: 'Plan' });
  await world.run(plan, planning, 35);
  expect(world.events()).toEqual(['Release started: Open', 'Release phase: Register', 'Release phase: Plan']);
});

test('the event tells which release of what', async () => {
  await leadToRegistered(world);
  expect(JSON.parse(entries().at(-1).Detail)).toMatchObject({
    release: 'trucks-2',
    kind: 'release',
    service: 'trucks',
    version: '2.0.0',
    sequence: 2,
    outcome: null,
    at: at(0),
  });
  expect(entries().at(-1)).toMatchObject({ Source: 'understudy', Time: new Date(at(0)) });
});

test('a retry tells the same again, for a reader to know it by its state and time', async () => {
  const opened = await world.run(open, request);
  world.state.broken = { ListTaskDefinitions: new ServiceError('ThrottlingException', 'later') };
  await expect(world.run(register, opened, 10)).rejects.toMatchObject({ name: 'Transient' });
  world.state.broken = {};
  await world.run(register, opened, 10);
  const [, first, second] = entries();
  expect(first).toEqual(second);
});

test('the first state and the last have events of their own', async () => {
  await world.run(close, { ...(await leadToRegistered(world)), refusal: 'No.' }, 30);
  expect(world.events()).toEqual(['Release started: Open', 'Release phase: Register', 'Release ended: Close']);
});

test.each([
  ['refuses the event', new ServiceError('AccessDeniedException', 'no')],
  ['is throttled', new ServiceError('ThrottlingException', 'later')],
])('a bus that %s keeps no release from its work, and is logged', async (_, error) => {
  const opened = await world.run(open, request);
  world.state.broken = { PutEvents: error };
  world.logs = [];
  expect(await world.run(register, opened, 10)).toMatchObject({ state: { name: 'Register' }, failures: {} });
  expect(world.inputs('PutEvents')).toHaveLength(2);
  expect(world.logs.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: 'warn',
      state: 'Register',
      release: 'trucks-2',
      warning: expect.stringMatching(/^Nobody was told that the release is in Register: \w+Exception: /),
    }),
    expect.objectContaining({ level: 'info', state: 'Register' }),
  ]);
});
