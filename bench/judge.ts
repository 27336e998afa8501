import { failsInAll, failsLately } from '../lambda/domain/judge/error-rate.ts';
import { mostProbes, probesOfGreen } from '../lambda/domain/probe-budget.ts';
import { environmentConfig } from '../lib/config/config.ts';
import { type Chain, everFails } from '../test/lambda/domain/judge/exact.ts';
import { always, simulateErrors, simulateLatency } from '../test/lambda/domain/judge/simulate.ts';

// npm run bench: what the judge catches, and how often it is wrong; the tables of docs/adr/0023-judge.md.

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
const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;
const row = (...cells: string[]): void => console.log(cells.map((cell) => cell.padStart(12)).join(''));

console.log('Power: errors of the new version caught, by probes (exact)');
row('errors', '50', '100', '150', '300', '600');
for (const rate of [0.01, 0.02, 0.05, 0.1]) {
  row(percent(rate), ...[50, 100, 150, 300, 600].map((probes) => percent(everFails(inAll, rate, probes))));
}

console.log('\nFalse alarms of the probes at the SLO of 0.1 % (exact)');
const [first, second] = [everFails(lately, 0.001, 1000), everFails(lately, 0.001, 2000)];
row('from the start, however long', percent(everFails(inAll, 0.001, 5000), 3));
row(`of late, within ${mostProbes} probes`, percent(first + (mostProbes / 1000 - 1) * (second - first), 3));

console.log('\nFalse alarms of whole releases, both colours alike, 150 looks of 36 probes (5,000 releases, seeded)');
row('errors', '0 %', '0.05 %', '0.1 %');
const alarms = [0, 0.0005, 0.001].map((rate) => {
  const both = { green: always(rate), blue: always(rate) };
  return percent(simulateErrors({ releases: 5000, looks: 150, size: 36, ...both }).share, 2);
});
row('failed', ...alarms);

console.log('\nPower: a slower p50 found in 20 looks, by the spread of the latencies (500 releases, seeded)');
const factors = [1, 1.1, 1.2, 1.3, 1.5, 2];
row('spread', ...factors.map((factor) => `+${Math.round((factor - 1) * 100)} %`));
for (const sigma of [0.1, 0.2, 0.3, 0.5]) {
  const production = { releases: 500, looks: 20, journeys: 7, rounds: 2, sigma };
  row(String(sigma), ...factors.map((factor) => percent(simulateLatency({ ...production, factor }), 0)));
}

console.log(`\nMost probes of the new version in one release (the judge keeps its word below ${mostProbes})`);
row('', 'as it is', '48 h of bake');
for (const name of ['local', 'dev', 'production']) {
  const { backstage } = environmentConfig(name).services;
  if (backstage === undefined) continue;
  const { observation, deadlines, policies, probe, scaling } = backstage;
  const probing = { ...observation, ...deadlines, journeys: probe.journeys.length, tasks: scaling.maximum };
  const probes = (bakeSeconds: number): string => String(probesOfGreen({ ...probing, bakeSeconds }));
  row(name, probes(policies.feature.bakeSeconds), probes((2880 - 15) * 60));
}
