import { describe, expect, test } from '@jest/globals';
import { checkConfig } from '../../../lib/config/config.ts';
import { local } from '../../../lib/config/environments/local.ts';
import { detectionSeconds, durationSeconds, retentionSeconds } from '../../../lib/config/timing.ts';

const { backstage } = local.services;
if (backstage === undefined) throw new Error('The local configuration has no Backstage.');
const check = (settings: object) => () =>
  checkConfig({ ...local, services: { backstage: { ...backstage, ...settings } } }, 'config.ts');

const { task, frozen, alarms } = backstage;
const shutdown = (delay: string | undefined, stopTimeoutSeconds: number) => ({
  task: {
    ...task,
    stopTimeoutSeconds,
    environment: delay === undefined ? {} : { SHUTDOWN_DELAY: delay },
  },
});

describe('an alarm', () => {
  test('takes as long to go off as the slowest of them, until its data is there', () => {
    const short = { alarms: { breaching: 2, evaluated: 3 }, frozen: { graceSeconds: 0 } };
    expect(detectionSeconds(short)).toBe(5 * 60);
    expect(detectionSeconds({ ...short, frozen: { graceSeconds: 170 } })).toBe(7 * 60);
  });

  test('that may go off only when blue is gone is refused, with both numbers', () => {
    expect(retentionSeconds(backstage.policies)).toBe(1020);
    expect(check({ alarms: { ...alarms, evaluated: 15 } })).toThrow(
      /alarms\.evaluated: 15 is refused: .* take 1020 seconds to go off, when CodeDeploy keeps blue for 1020; give fewer/,
    );
    expect(check({ alarms: { ...alarms, evaluated: 14 } })).not.toThrow();
  });
});

describe('a task that is let go of', () => {
  test('serves for as long as the load balancer may send it requests', () => {
    expect(check(shutdown('4s', 15))).toThrow(/SHUTDOWN_DELAY: "4s" is refused: ends before .*: 5, .* at least 5s/);
    expect(check(shutdown('5s', 15))).not.toThrow();
  });

  test('has ended before it is killed', () => {
    expect(check(shutdown('15s', 15))).toThrow(/SHUTDOWN_DELAY: "15s" .* not below stopTimeoutSeconds: 15/);
  });

  test('of a service that knows no such delay is killed after the load balancer has let go of it', () => {
    expect(check(shutdown(undefined, frozen.deregistrationDelaySeconds))).toThrow(
      /stopTimeoutSeconds: 5 is refused: kills a task .* deregistrationDelaySeconds: 5; give more/,
    );
    expect(check(shutdown(undefined, frozen.deregistrationDelaySeconds + 1))).not.toThrow();
  });

  test('is told a duration', () => {
    expect(check(shutdown('soon', 15))).toThrow(/SHUTDOWN_DELAY: "soon" is refused: is no duration/);
    expect(['15s', '1m', '500ms', '15'].map(durationSeconds)).toEqual([15, 60, 0.5, null]);
  });
});
