import { expect, test } from '@jest/globals';
import { checkConfig } from '../../../lib/config/config.ts';
import { local } from '../../../lib/config/environments/local.ts';

const { backstage } = local.services;

test.each<[unknown, string]>([
  [
    undefined,
    'services.backstage.slo: nothing is refused: is missing, and nothing would say when users have had enough; give {',
  ],
  [
    { ...backstage?.slo, availability: 1 },
    'services.backstage.slo.availability: 1 is refused: Too big: expected number to be <=0.99999',
  ],
  [
    { ...backstage?.slo, windowHours: 1 },
    'services.backstage.slo.windowHours: unknown key "windowHours" with value 1. Allowed: availability, windowDays, latency, freshness.',
  ],
])('a service with the SLO %j is refused', (slo, message) => {
  const input = { ...local, services: { backstage: { ...backstage, slo } } };
  expect(() => checkConfig(input, 'config.ts')).toThrow(message);
});
