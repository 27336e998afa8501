/** One minute's value of a colour's tasks, in percent of what a task may use. */
export interface Point {
  /** ISO, the minute's start. */
  readonly at: string;
  readonly percent: number;
}

/** Of a colour's tasks together: the mean of their CPU, the highest and the mean of their memory; oldest first. */
export interface Used {
  readonly cpu: readonly Point[];
  readonly memory: readonly Point[];
  readonly highestMemory: readonly Point[];
}

export interface Utilization {
  readonly green: Used;
  /** Of the old tasks, from an hour before the release to the end of the canary: what is usual. */
  readonly blue: Used;
}

const full = 95;
const busy = 90;
/** Green has to use so many times what blue used at its height. */
const timesUsual = 1.5;
const minuteMs = 60_000;

/** Memory is compared over twelve blocks of four minutes. */
export const blocks = 12;
const blockMinutes = 4;
export const windowMinutes = blocks * blockMinutes;
/** Pairs of blocks that may be the other way round: 1,274 of the 12! orders have so few, 2.7 in a million. */
export const mostInversions = 4;
const hoursUntilFull = 6;
/** A second half of the window that grows so many times more slowly than the first is no leak. */
const slowdown = 2;

/**
 * Why CPU and memory of green's tasks speak against it; null when they do not. The first two are no tests, but
 * limits that a version as good as blue does not reach under the same load, and spend nothing of the false-alarm
 * bound. Growth is a trend test on each 48 minutes since users reach green: if they had no trend, every order of the
 * blocks were as likely, and a release of two days raises a false alarm with 0.016 % at most.
 *
 * @param since ISO, when users were let in
 */
export function utilizationComplaint({ green, blue }: Utilization, since: string, now: string): string | null {
  const last = (points: readonly Point[], minutes: number): readonly Point[] => {
    const newest = points.slice(-minutes);
    const [first] = newest;
    const fresh = first !== undefined && Date.parse(now) - Date.parse(first.at) <= (minutes + 5) * minuteMs;
    return fresh && newest.length === minutes ? newest : [];
  };
  const memory = last(green.highestMemory, 3);
  if (memory.length > 0 && memory.every(({ percent }) => percent >= full) && peak(blue.highestMemory) < full) {
    return `a task of green uses ${Math.round(memory.at(-1)?.percent ?? 0)} % of its memory`;
  }
  const cpu = last(green.cpu, 5);
  const usual = peak(blue.cpu);
  const limit = Math.max(busy, timesUsual * usual);
  if (cpu.length > 0 && blue.cpu.length > 0 && cpu.every(({ percent }) => percent >= limit)) {
    return `green's tasks use ${Math.round(cpu.at(-1)?.percent ?? 0)} % of their CPU; blue's used ${Math.round(usual)} % at most`;
  }
  return growthComplaint(green.memory, since, now);
}

/** Whether CloudWatch told of green's tasks in the last ten minutes. */
export function isKnown({ green }: Utilization, now: string): boolean {
  return [green.cpu, green.memory].every((points) =>
    points.some(({ at }) => Date.parse(now) - Date.parse(at) <= 10 * minuteMs),
  );
}

const peak = (points: readonly Point[]): number => Math.max(0, ...points.map(({ percent }) => percent));

/** Looks at the last whole window since users were let in, so that windows do not overlap, however often it looks. */
function growthComplaint(memory: readonly Point[], since: string, now: string): string | null {
  const windowMs = windowMinutes * minuteMs;
  // The newest minutes are not there yet.
  const windows = Math.floor((Date.parse(now) - 3 * minuteMs - Date.parse(since)) / windowMs);
  if (windows < 1) return null;
  const from = Date.parse(since) + (windows - 1) * windowMs;
  const means = Array.from({ length: blocks }, (_, block) => {
    const start = from + block * blockMinutes * minuteMs;
    const own = memory.filter(({ at }) => Date.parse(at) >= start && Date.parse(at) < start + blockMinutes * minuteMs);
    return own.length === 0 ? null : own.reduce((sum, { percent }) => sum + percent, 0) / own.length;
  }).filter((mean) => mean !== null);
  if (means.length < blocks || inversions(means) > mostInversions) return null;
  const [start = 0, middle = 0, end = 0] = [means[0], means[blocks / 2 - 1], means.at(-1)];
  const perHour = ((end - start) / ((blocks - 1) * blockMinutes)) * 60;
  if (perHour * hoursUntilFull < 100 - end) return null;
  // What a cache takes that fills up, it takes ever more slowly.
  if ((end - middle) * slowdown < middle - start) return null;
  return `the memory of green's tasks grows by ${perHour.toFixed(1)} % an hour, and will be full in ${((100 - end) / perHour).toFixed(1)} hours`;
}

/** Pairs that are not in rising order. */
export function inversions(values: readonly number[]): number {
  return values.reduce(
    (sum, value, index) => sum + values.slice(index + 1).filter((later) => later <= value).length,
    0,
  );
}
