import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { putSignal, readSignal } from '../../../lambda/aws/signals.ts';
import { handler as observe } from '../../../lambda/steps/observe.ts';
import { handler as plan } from '../../../lambda/steps/plan.ts';
import { handler as retreat } from '../../../lambda/steps/retreat.ts';
import { at } from '../domain/samples.ts';
import { leadToReady, leadToRegistered } from './lead.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
beforeEach(() => world.reset());
afterAll(() => world.close());

const table = 'understudy-local-ledger';
const word = { by: 'ada', reason: 'Wrong image', at: at(15) };
const cancel = () => putSignal(table, 'trucks-2', 'CANCEL', word);

test('the first word counts, and expires after the longest release', async () => {
  expect(await cancel()).toBe(true);
  expect(await putSignal(table, 'trucks-2', 'CANCEL', { ...word, by: 'bob' })).toBe(false);
  expect(await readSignal(table, 'trucks-2', 'CANCEL')).toEqual(word);
  expect(await readSignal(table, 'trucks-2', 'APPROVAL')).toBeNull();
  expect(await world.item('CANCEL', 'SIGNAL#trucks-2')).toMatchObject({
    expires: Date.parse(at(15)) / 1000 + 14 * 24 * 3600,
  });
});

test('a release that is cancelled before anything was changed is refused, and says by whom', async () => {
  const release = await leadToRegistered(world);
  await cancel();
  expect(await world.run(plan, release, 20)).toMatchObject({
    cancelled: word,
    refusal: 'Cancelled by ada: Wrong image. Nothing was changed.',
    wait: null,
  });
  expect(world.inputs('RunTask')).toEqual([]);
});

test('one that is cancelled later fails in its state and goes back, and the way back records the word', async () => {
  const release = await leadToReady(world);
  await cancel();
  await expect(world.run(observe, release, 20)).rejects.toMatchObject({
    name: 'Cancelled',
    message: 'Cancelled by ada: Wrong image.',
  });
  expect(await world.run(retreat, release, 21)).toMatchObject({ cancelled: word, wait: { resume: 'Retreat' } });
});
