import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stageAssembly } from '../local/stage-assembly.ts';
import { type FaultName, faultNames } from './faults.ts';
import { violations } from './invariants/check.ts';
import type { Played } from './play.ts';
import { Player } from './player.ts';

// A few seconds' worth of `npm run test:faults`, which strikes every call with every fault.
let player: Player;
let clean: Played;

beforeAll(async () => {
  player = new Player(stageAssembly());
  clean = await player.play({ scenario: 'good' });
}, 60_000);

afterAll(() => player.close());

test('a clean run breaks no invariant', () => {
  expect(violations(clean.facts)).toEqual([]);
});

describe('a good release survives', () => {
  const sample: readonly (readonly [operation: string, fault: FaultName])[] = [
    ['dynamodb:UpdateItem', 'lost'],
    ['ecs:RegisterTaskDefinition', 'slow'],
    ['ecs:RunTask', 'lost'],
    ['codedeploy:CreateDeployment', 'lost'],
    ['codedeploy:CreateDeployment', 'twice'],
    ['codedeploy:ContinueDeployment', 'throttled'],
    ['application-autoscaling:RegisterScalableTarget', 'refused'],
    ['ecr:PutImage', 'redriven'],
  ];

  test.each(sample)(
    '%s being %s',
    async (operation, fault) => {
      const at = clean.calls.find((call) => call.operation === operation);
      if (at === undefined) throw new Error(`A clean run makes no call ${operation}.`);
      const verdict = await player.judge({ scenario: 'good', strike: { at, fault } });
      expect(verdict).toMatchObject({ injected: 1, violations: [] });
    },
    30_000,
  );
});

test('no fault is without a name on the command line', () => {
  expect(faultNames).toEqual(['refused', 'lost', 'throttled', 'slow', 'twice', 'aborted', 'rolled-back', 'redriven']);
});

test('a lock whose taking was never answered is not taken for somebody else’s', async () => {
  const at = clean.calls.find(({ state, operation }) => state === 'Open' && operation === 'dynamodb:UpdateItem');
  const verdict = await player.judge({ scenario: 'good', ...(at && { strike: { at, fault: 'lost' } }) });
  expect(verdict).toMatchObject({ injected: 1, outcome: 'released' });
}, 30_000);

test('a Retreat that is refused once stops the deployment all the same', async () => {
  const { calls } = await player.play({ scenario: 'crash' });
  const at = calls.find(({ state }) => state === 'Retreat');
  const verdict = await player.judge({ scenario: 'crash', ...(at && { strike: { at, fault: 'refused' } }) });
  expect(verdict).toMatchObject({ injected: 1, violations: [], outcome: 'rolled-back' });
}, 30_000);
