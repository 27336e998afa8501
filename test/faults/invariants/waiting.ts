import { z } from 'zod';
import type { Invariant } from './invariants.ts';

const waitingSchema = z.object({ wait: z.object({ resume: z.string() }).nullable() });

/**
 * States that wait while users depend on a deployment that may still go wrong. The others wait for a
 * task of their own before anything has changed, or are the way back, which no alarm may stop.
 */
const watchful: ReadonlySet<string> = new Set(['Observe', 'Promote']);

/** After it, CodeDeploy ends the old tasks and the way back is closed: no alarm changes anything. */
const promoted = z.object({ promotion: z.object({ continued: z.literal(true) }) });

/** A look that waits has read the alarms, so that none fires unseen for longer than a wait. */
const waitingStatesWatchTheAlarms: Invariant = ({ invocations }) =>
  invocations.flatMap(({ state, operations, result }) => {
    if (!watchful.has(state) || result === null) return [];
    const release: unknown = JSON.parse(result);
    const waits = waitingSchema.safeParse(release).data?.wait ?? null;
    if (waits === null || promoted.safeParse(release).success) return [];
    return operations.includes('monitoring:DescribeAlarms') ? [] : [`${state} waited without a look at the alarms`];
  });

export const invariantsOfWaiting: Readonly<Record<string, Invariant>> = {
  'every waiting state watches the alarms': waitingStatesWatchTheAlarms,
};
