import { describe, expect, test } from '@jest/globals';
import { otherTargetGroup, percentOf, soleTargetGroup } from '../../../lambda/domain/serving.ts';
import { leftOfGreen, notServing, type Serving } from '../../../lambda/domain/way-back.ts';
import { groups } from './samples.ts';

const serving = (weights: [number, number], ...states: string[]): Serving => ({
  weights: new Map([
    [groups.a, weights[0]],
    [groups.b, weights[1]],
  ]),
  targets: states.map((state, index) => ({ ip: `10.0.1.${index}`, port: 7100, state })),
  taskSets: ['blue:2'],
});

describe('blue serves everybody again', () => {
  test('with all weight and healthy targets', () => {
    expect(notServing(groups.a, serving([100, 0], 'healthy', 'healthy'))).toEqual([]);
  });

  test('targets on their way out do not count against it', () => {
    expect(notServing(groups.a, serving([1, 0], 'healthy', 'draining'))).toEqual([]);
  });

  test.each([
    ['the listener was left at 80 to 20', serving([80, 20], 'healthy'), 'does not send everything to blue'],
    ['the rule forwards nowhere', serving([0, 0], 'healthy'), 'does not send everything to blue'],
    ['no target is registered', serving([100, 0]), 'no healthy target'],
    ['its targets are draining', serving([100, 0], 'draining'), 'no healthy target'],
    ['one of its targets is unhealthy', serving([100, 0], 'healthy', 'unhealthy'), 'only 1 of blue'],
  ])('not when %s', (_, state, problem) => {
    expect(notServing(groups.a, state).join()).toContain(problem);
  });
});

test('a task set of the new revision is left over, one of the old is not', () => {
  const state = { ...serving([100, 0], 'healthy'), taskSets: ['blue:2', 'green:3'] };
  expect(leftOfGreen('green:3', state)).toHaveLength(1);
  expect(leftOfGreen('green:4', state)).toEqual([]);
});

test('shares are of the whole weight, in percent', () => {
  const { weights } = serving([1, 3]);
  expect([percentOf(weights, groups.a), percentOf(weights, groups.b), soleTargetGroup(weights)]).toEqual([
    25,
    75,
    null,
  ]);
});

test('green’s target group is the one that blue does not have', () => {
  expect(otherTargetGroup(groups, groups.a)).toBe(groups.b);
  expect(otherTargetGroup(groups, groups.b)).toBe(groups.a);
});
