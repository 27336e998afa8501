/** How much longer CodeDeploy keeps what the workflow may still need, in case nobody says anything any more. */
export const marginMinutes = 15;

/** A minute's data point comes up to a minute late, and is looked at within the next one. */
const publishingMinutes = 2;

interface Watched {
  readonly alarms: { readonly breaching: number; readonly evaluated: number };
  readonly frozen: { readonly graceSeconds: number };
}

/** A task that is starting fails its health checks too: only what lasts longer than a start may says something. */
export function unhealthyMinutes({ alarms, frozen }: Watched): number {
  return Math.ceil(frozen.graceSeconds / 60) + alarms.breaching;
}

/** How long the slowest alarm of a deployment group may take to go off, from the first bad minute on. */
export function detectionSeconds(service: Watched): number {
  return 60 * (Math.max(service.alarms.evaluated, unhealthyMinutes(service)) + publishingMinutes);
}

/** How long CodeDeploy keeps blue at most after everybody has moved to green. */
export function retentionSeconds(policies: Readonly<Record<string, { readonly bakeSeconds: number }>>): number {
  const longest = Math.max(...Object.values(policies).map(({ bakeSeconds }) => bakeSeconds));
  return 60 * (Math.ceil(longest / 60) + marginMinutes);
}

/** Seconds in a duration as Backstage writes it (`15s`, `1m`, `500ms`); null for what is none. */
export function durationSeconds(text: string): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m)$/.exec(text.trim()) ?? [];
  if (number === undefined) return null;
  return Number(number) * (unit === 'm' ? 60 : unit === 'ms' ? 0.001 : 1);
}
