export interface BurnRate {
  /** How many times faster than the objective allows. */
  readonly factor: number;
  /** Both in minutes. The long one shows that it matters, the short one that it goes on. */
  readonly long: number;
  readonly short: number;
  /** Whether somebody has to get up for it. */
  readonly urgency: 'page' | 'ticket';
}

const hour = 60;
const day = 24 * hour;

/** https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts */
export const burnRates: readonly BurnRate[] = [
  { factor: 14.4, long: hour, short: 5, urgency: 'page' },
  { factor: 6, long: 6 * hour, short: 30, urgency: 'page' },
  { factor: 3, long: day, short: 2 * hour, urgency: 'ticket' },
  { factor: 1, long: 3 * day, short: 6 * hour, urgency: 'ticket' },
];

/** `5m`, `6h`, `3d`. */
export function windowText(minutes: number): string {
  if (minutes % day === 0) return `${minutes / day}d`;
  return minutes % hour === 0 ? `${minutes / hour}h` : `${minutes}m`;
}

/**
 * Those that can come to pass at all. When every request fails, the budget burns 1 / (1 - target) times too fast:
 * a promise of 0.9 never burns 14.4 times.
 */
export function possibleBurnRates(target: number): readonly BurnRate[] {
  return burnRates.filter(({ factor }) => factor * (1 - target) < 1);
}
