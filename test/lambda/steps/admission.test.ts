import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { handler as open } from '../../../lambda/steps/open.ts';
import { at, request } from '../domain/samples.ts';
import { calendarOf } from './state.ts';
import { World } from './world.ts';

const world = new World();
beforeAll(() => world.open());
beforeEach(() => world.reset());
afterAll(() => world.close());

const stamp = (seconds: number) => at(seconds).replaceAll(/[-:]|\.\d+/g, '');
const fair = calendarOf(`DTSTART:${stamp(-60)}`, `DTEND:${stamp(600)}`);

describe('in a freeze', () => {
  beforeEach(() => {
    world.state.calendar = fair;
  });

  test('a feature is refused, with the name of the freeze and its end', async () => {
    const { refusal } = await world.run(open, request);
    expect(refusal).toContain(`There is a freeze until ${at(600)}: Fair.`);
  });

  test('a feature is let in that says why, and what it said is recorded', async () => {
    const release = await world.run(open, { ...request, overrideFreeze: 'the fair needs it' });
    expect(release.refusal).toBeNull();
    expect(release.admission[0]).toMatch(/Fair\. ada releases all the same: the fair needs it$/);
    expect(await world.ledger()).toMatchObject([{ release: { admission: release.admission } }]);
  });

  test('a hotfix is let in, and what it went ahead of is recorded', async () => {
    const release = await world.run(open, { ...request, policy: 'hotfix' });
    expect(release.refusal).toBeNull();
    expect(release.admission[0]).toContain('The policy hotfix goes ahead all the same: There is a freeze until');
  });

  test('a plan, which ships nothing, is told that a release would be refused', async () => {
    const release = await world.run(open, { ...request, until: 'plan' });
    expect(release.refusal).toBeNull();
    expect(release.admission[0]).toContain('A release would be refused: There is a freeze');
  });

  test('a feature is let in again at its end', async () => {
    expect(await world.run(open, request, 600)).toMatchObject({ refusal: null });
  });
});

describe('when nobody can tell whether there is a freeze', () => {
  test.each([
    ['the calendar is gone', null, 'it does not exist'],
    ['the calendar is something else', 'Not Found', 'a line of no known form: Not Found'],
  ])('because %s, a feature is refused and a hotfix is not', async (_, calendar, words) => {
    world.state.calendar = calendar;
    expect((await world.run(open, request)).refusal).toContain(words);
    await world.reset();
    world.state.calendar = calendar;
    expect((await world.run(open, { ...request, policy: 'hotfix' })).refusal).toBeNull();
  });
});

describe('once the error budget is spent', () => {
  beforeEach(() => {
    world.state.window = { requests: 5000, errors: 60 };
  });

  test('a feature is refused, in numbers of both target groups', async () => {
    const release = await world.run(open, request);
    expect(release.refusal).toContain(
      'Of 10000 requests of the last 28 days, 120 were answered with an error; the promise allows 100 (120 %',
    );
    expect(release.errorBudget).toEqual({ windowDays: 28, requests: 10_000, errors: 120, allowed: 100 });
  });

  test('a hotfix is let in, and the numbers are recorded', async () => {
    const release = await world.run(open, { ...request, policy: 'hotfix' });
    expect(release.refusal).toBeNull();
    expect(release.admission[0]).toContain('The policy hotfix goes ahead all the same: Of 10000 requests');
  });
});

test('an error budget that is nearly spent refuses nothing, and its numbers are recorded', async () => {
  world.state.window = { requests: 5000, errors: 49 };
  const release = await world.run(open, request);
  expect(release.refusal).toBeNull();
  expect(release.admission).toEqual([expect.stringContaining('98 % of the error budget is spent')]);
});

test('a window without data is not a spent budget, and it is said that nobody knows', async () => {
  const release = await world.run(open, request);
  expect(release.refusal).toBeNull();
  expect(release.admission).toEqual([expect.stringContaining('CloudWatch has no request of the last 28 days')]);
});

test('the window is asked by hours, for both target groups, within one answer’s limit', async () => {
  await world.run(open, request);
  const asked = world.inputs('GetMetricData');
  expect(asked).toHaveLength(2);
  for (const { StartTime, EndTime } of asked) {
    const [from, to] = [StartTime, EndTime].map((time) => new Date(String(time)).getTime());
    expect(from).toBeLessThanOrEqual(Date.parse(at(0)) - 28 * 86_400_000);
    expect(to).toBe(Date.parse(at(0)));
    expect((3 * ((to ?? 0) - (from ?? 0))) / 3_600_000).toBeLessThan(100_800);
  }
});
