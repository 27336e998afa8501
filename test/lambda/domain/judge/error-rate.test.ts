import { describe, expect, test } from '@jest/globals';
import {
  failsInAll,
  failsLately,
  isUnwell,
  noAnswers,
  withAnswers,
} from '../../../../lambda/domain/judge/error-rate.ts';
import { lookInterval } from '../../../../lambda/domain/observation.ts';
import { mostProbes, probesOfGreen } from '../../../../lambda/domain/probe-budget.ts';
import { environmentConfig, environmentNamesAllowed } from '../../../../lib/config/config.ts';
import { type Chain, everFails } from './exact.ts';

const inAll: Chain = {
  fails: failsInAll,
  state: ({ failed }) => failed,
  count: (failed, probes) => ({ probes, failed, level: 0 }),
};
const lately: Chain = {
  fails: failsLately,
  state: ({ level }) => level,
  count: (level, probes) => ({ probes, failed: 0, level }),
};
const round = (chance: number, digits = 4): number => Number(chance.toFixed(digits));

describe('exact probabilities over all looks, one after every answer', () => {
  test('of a false alarm at the SLO of 0.1 % from the start: 0.19 %, reached within 1,000 answers', () => {
    expect(round(everFails(inAll, 0.001, 1000), 5)).toBe(0.00191);
    expect(everFails(inAll, 0.001, 5000)).toBeLessThan(0.00193);
  });

  test('of a false alarm at the SLO of late: 4 in a hundred million per answer, 0.2 % within 48,000', () => {
    const [first, second] = [everFails(lately, 0.001, 1000), everFails(lately, 0.001, 2000)];
    // The chain forgets: every thousand answers add the same again.
    const eachThousand = second - first;
    expect(round(eachThousand, 7)).toBe(0.0000402);
    expect(first + 47 * eachThousand).toBeLessThan(0.00194);
  });

  test.each([
    [0, 0],
    [0.0005, 0.0003],
  ])('at an error rate of %d at most %d', (rate, most) => {
    expect(everFails(inAll, rate, 2000) + 50 * everFails(lately, rate, 1000)).toBeLessThanOrEqual(most);
  });

  test.each([
    [0.01, 0.1905],
    [0.02, 0.5791],
    [0.05, 0.9818],
    [0.1, 1],
  ])('of catching %d errors within 150 answers: %d', (rate, power) => {
    expect(round(everFails(inAll, rate, 150))).toBe(power);
  });

  test('of catching what only later begins to fail: 99.7 % of 5 % errors within 300 answers', () => {
    expect(round(everFails(lately, 0.05, 150))).toBe(0.8834);
    expect(round(everFails(lately, 0.05, 300))).toBe(0.9973);
  });
});

test('of many answers in one look, three failed ones are enough at first, four after long good service', () => {
  expect(failsInAll(withAnswers(noAnswers, { ok: 10, failed: 2 }))).toBe(false);
  expect(failsInAll(withAnswers(noAnswers, { ok: 10, failed: 3 }))).toBe(true);
  const served = withAnswers(noAnswers, { ok: 20_000, failed: 0 });
  expect(failsLately(withAnswers(served, { ok: 0, failed: 3 }))).toBe(false);
  expect(failsLately(withAnswers(served, { ok: 0, failed: 4 }))).toBe(true);
});

test('what was down for long is not held down for as long again', () => {
  const down = withAnswers(noAnswers, { ok: 0, failed: 1000 });
  expect(failsLately(down)).toBe(true);
  expect(failsLately(withAnswers(down, { ok: 1, failed: 0 }))).toBe(false);
});

test('answers that come in one look never count for more than one after the other', () => {
  const orders = ['fgggggffgg', 'gggggggfff', 'ggfgfgggff', 'fffggggggg'];
  for (const order of orders) {
    let single = { ...noAnswers, level: 3 };
    for (const answer of order)
      single = withAnswers(single, answer === 'f' ? { ok: 0, failed: 1 } : { ok: 1, failed: 0 });
    const failed = order.split('f').length - 1;
    const whole = withAnswers({ ...noAnswers, level: 3 }, { ok: order.length - failed, failed });
    expect(whole.level).toBeLessThanOrEqual(single.level);
  }
});

test('a version is no yardstick after its second failure, until it has answered well for a while', () => {
  const once = withAnswers(noAnswers, { ok: 5, failed: 1 });
  const twice = withAnswers(once, { ok: 5, failed: 1 });
  expect([once, twice, withAnswers(twice, { ok: 100, failed: 0 })].map(isUnwell)).toEqual([false, true, false]);
});

describe.each(environmentNamesAllowed)('a release of %s', (name) => {
  const services = Object.values(environmentConfig(name).services);
  const longest = (2880 - 15) * 60;
  const probes = (service: (typeof services)[number], bakeSeconds: number) =>
    probesOfGreen({
      ...service.observation,
      ...service.deadlines,
      bakeSeconds,
      journeys: service.probe.journeys.length,
      tasks: service.scaling.maximum,
    });

  test('sends green fewer than 48,000 probes, though it were to bake for 48 hours', () => {
    for (const service of services) expect(probes(service, longest)).toBeLessThan(mostProbes);
  });

  test('looks every minute at least while traffic moves, and fewer than 700 times in 48 hours', () => {
    for (const { observation } of services) {
      let looks = 0;
      for (let at = 0; at < longest; at += lookInterval(observation.intervalSeconds, at)) looks += 1;
      expect(lookInterval(observation.intervalSeconds, 0)).toBeLessThanOrEqual(60);
      expect(looks).toBeLessThan(700);
    }
  });
});
