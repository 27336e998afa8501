import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { handler as close } from '../../../lambda/steps/close.ts';
import { handler as open } from '../../../lambda/steps/open.ts';
import { ServiceError } from '../../../local/aws/operation.ts';
import { at, digestOf, execution, groups, request, uri } from '../domain/samples.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
beforeEach(() => world.reset());
afterAll(() => world.close());

const other = { id: `${execution.id}-other`, name: 'trucks-other' };

describe('Open lets a release in', () => {
  test('with the lock, the image’s digest, and what serves', async () => {
    const release = await world.run(open, request);
    expect(release).toMatchObject({
      id: 'trucks-2',
      refusal: null,
      token: 1,
      image: { digest: digestOf('b'), uri: `${uri}@${digestOf('b')}` },
      blue: {
        taskDefinition: 'blue:2',
        targetGroup: groups.a,
        digest: digestOf('a'),
        bootstrap: false,
        sequence: null,
      },
    });
    expect(await world.item('LOCK')).toMatchObject({ token: 1, holder: { release: 'trucks-2' } });
    expect(await world.ledger()).toMatchObject([{ id: 'trucks-2', state: 'Open', outcome: null, release }]);
    expect(world.inputs('PutEvents')).toHaveLength(1);
  });

  test('once, however often it is retried', async () => {
    await world.run(open, request);
    expect(await world.run(open, request)).toMatchObject({ token: 1, refusal: null });
    expect(await world.ledger()).toHaveLength(1);
  });

  test('with one entry in the ledger, though its execution is redriven later', async () => {
    const started = { ...execution, startedAt: at(0) };
    await world.run(open, request, 0, started);
    await world.run(open, request, 40, started);
    expect(await world.ledger()).toMatchObject([{ release: { openedAt: at(0) } }]);
  });

  test('when it is a hotfix, though an alarm fires: it is what will silence it', async () => {
    world.state.alarms = { 'trucks-a-errors': 'ALARM' };
    expect(await world.run(open, { ...request, policy: 'hotfix' })).toMatchObject({ refusal: null });
  });

  test('that is the first one, over the bootstrap image', async () => {
    world.state.definitions = { 'blue:2': { image: 'public.ecr.aws/node:24', tags: [] } };
    expect(await world.run(open, request)).toMatchObject({ blue: { bootstrap: true, digest: null } });
  });
});

describe('Open refuses in words', () => {
  test.each([
    ['a service that is not deployed', { ...request, service: 'lorries' }, 'has no service lorries'],
    ['an image that is not in the registry', { ...request, image: 'v9' }, 'has no image v9'],
    ['an input that is no request', { hello: 'world' }, 'The request is not valid'],
  ])('%s, before it takes the lock', async (_, input, words) => {
    expect(await world.run(open, input)).toMatchObject({ refusal: expect.stringContaining(words), token: null });
    expect(await world.item('LOCK')).toBeUndefined();
    expect(world.inputs('PutEvents')).toEqual([]);
  });

  test('a busy service, naming who holds the lock, and leaves the lock alone', async () => {
    await world.run(open, request, 0, other);
    const refused = await world.run(open, request, 5);
    expect(refused.refusal).toContain('Release trucks-other of trucks is running since');
    const closed = await world.run(close, refused, 6);
    expect(closed).toMatchObject({ outcome: 'refused' });
    expect(await world.item('LOCK')).toMatchObject({ token: 1, holder: { release: 'trucks-other' } });
  });

  test('a feature release while an alarm fires', async () => {
    world.state.alarms = { 'trucks-a-errors': 'ALARM' };
    expect((await world.run(open, request)).refusal).toContain('trucks-a-errors is in ALARM');
  });

  test('a service with a deployment that is not over, and says how to end it', async () => {
    world.state.deployments = {
      'd-1': { description: 'old', status: 'Succeeded' },
      'd-2': { description: 'of an aborted release', status: 'Ready' },
    };
    expect((await world.run(open, request)).refusal).toContain('stop-deployment --deployment-id d-2');
  });

  test('a service that two versions serve', async () => {
    world.state.weights = [80, 20];
    expect((await world.run(open, request)).refusal).toContain('are not all served by its primary task set');
  });

  test('an older sequence than the live one, unless it is asked for', async () => {
    const live = await world.run(open, { ...request, sequence: 7 });
    const promotion = { startedAt: live.openedAt, continued: true, done: true, reason: '' };
    await world.run(close, { ...live, revision: 'blue:2', promotion });
    expect((await world.run(open, request, 60, other)).refusal).toContain('Sequence 2 is older than 7, which is live');
    await world.run(close, await world.run(open, request, 60, other), 61, other);
    expect(await world.run(open, { ...request, allowOlder: true }, 70)).toMatchObject({ refusal: null, token: 3 });
  });
});

describe('Open takes the lock over', () => {
  beforeEach(async () => {
    await world.run(open, request, 0, other);
  });

  test('from an execution that has ended, once its recovery has had its time', async () => {
    world.state.holder = { status: 'ABORTED', stopDate: new Date(Date.UTC(2026, 10, 21, 9, 0, 30)) };
    const release = await world.run(open, request, 630);
    expect(release).toMatchObject({ refusal: null, token: 2, abandoned: ['trucks-other'] });
    expect(await world.run(open, request, 630)).toEqual(release);
  });

  test('and puts back the scaling that the aborted release had found, not what it had left', async () => {
    world.state.holder = { status: 'ABORTED', stopDate: new Date(Date.UTC(2026, 10, 21, 9, 0, 30)) };
    world.state.scaling = { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true };
    const refused = { ...(await world.run(open, request, 630)), refusal: 'No.' };
    await world.run(close, refused, 640);
    expect(world.inputs('RegisterScalableTarget')).toMatchObject([
      { SuspendedState: { DynamicScalingInSuspended: false, DynamicScalingOutSuspended: false } },
    ]);
  });

  test('not while its deployment is not over: the way to end it is told, and nothing is taken', async () => {
    world.state.holder = { status: 'ABORTED', stopDate: new Date(Date.UTC(2026, 10, 21, 9, 0, 30)) };
    world.state.deployments = { 'd-1': { description: 'x', status: 'Ready' } };
    expect(await world.run(open, request, 630)).toMatchObject({ refusal: expect.stringContaining('d-1'), token: null });
    expect(await world.item('LOCK')).toMatchObject({ holder: { release: 'trucks-other' } });
  });

  test('and ends its entry, and those of the aborted releases before it', async () => {
    world.state.holder = { status: 'ABORTED', stopDate: new Date(Date.UTC(2026, 10, 21, 9, 0, 30)) };
    const third = { id: `${execution.id}-third`, name: 'trucks-third' };
    await world.run(open, request, 700, third);
    world.state.holder = { status: 'ABORTED', stopDate: new Date(Date.UTC(2026, 10, 21, 9, 12)) };
    const release = await world.run(open, request, 1400);
    expect(release).toMatchObject({ refusal: null, token: 3, abandoned: ['trucks-third', 'trucks-other'] });
    const entries = await world.ledger();
    expect(entries.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['trucks-other', 'failed'],
      ['trucks-third', 'failed'],
      ['trucks-2', null],
    ]);
    expect(entries[0]).toMatchObject({ reason: expect.stringContaining('It ended in Open without a word') });
  });

  test('but not while it may be recovered', async () => {
    world.state.holder = { status: 'ABORTED', stopDate: new Date(Date.UTC(2026, 10, 21, 9, 0, 30)) };
    expect((await world.run(open, request, 629)).refusal).toContain('in 1 s at the latest');
  });
});

test('Open that AWS does not answer is retried; one that AWS refuses is not', async () => {
  world.state.broken = { GetParameters: new ServiceError('InternalServerError', 'oops', 500) };
  await expect(world.run(open, request)).rejects.toMatchObject({ name: 'Transient' });
  world.state.broken = { DescribeImages: new ServiceError('AccessDeniedException', 'no') };
  await expect(world.run(open, request)).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
