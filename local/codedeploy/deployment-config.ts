import { z } from 'zod';

/** How traffic moves to green: the percentage green has, and for how long before the next step. */
export interface TrafficStep {
  readonly percent: number;
  readonly minutes: number;
}

export type TrafficRouting =
  | { readonly type: 'AllAtOnce' }
  | { readonly type: 'TimeBasedCanary'; readonly percent: number; readonly minutes: number }
  | { readonly type: 'TimeBasedLinear'; readonly percent: number; readonly minutes: number };

/**
 * A canary moves its percentage first and the rest after the interval; linear moves the same percentage
 * every interval. The last step is everything, and has nothing to wait for.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */
export function trafficSteps(routing: TrafficRouting): readonly TrafficStep[] {
  const everything = { percent: 100, minutes: 0 };
  if (routing.type === 'AllAtOnce') return [everything];
  const { percent, minutes } = routing;
  if (routing.type === 'TimeBasedCanary') return [{ percent, minutes }, everything];
  const steps: TrafficStep[] = [];
  for (let shifted = percent; shifted < 100; shifted += percent) steps.push({ percent: shifted, minutes });
  return [...steps, everything];
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html#deployment-configuration-ecs */
export const predefinedConfigs: Readonly<Record<string, TrafficRouting>> = {
  'CodeDeployDefault.ECSAllAtOnce': { type: 'AllAtOnce' },
  'CodeDeployDefault.ECSCanary10Percent5Minutes': { type: 'TimeBasedCanary', percent: 10, minutes: 5 },
  'CodeDeployDefault.ECSCanary10Percent15Minutes': { type: 'TimeBasedCanary', percent: 10, minutes: 15 },
  'CodeDeployDefault.ECSLinear10PercentEvery1Minutes': { type: 'TimeBasedLinear', percent: 10, minutes: 1 },
  'CodeDeployDefault.ECSLinear10PercentEvery3Minutes': { type: 'TimeBasedLinear', percent: 10, minutes: 3 },
};

const step = { percent: z.coerce.number().int().min(1).max(99), minutes: z.coerce.number().int().min(1) };

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TrafficRoutingConfig.html */
const routingSchema = z.discriminatedUnion('Type', [
  z.object({ Type: z.literal('AllAtOnce') }),
  z.object({
    Type: z.literal('TimeBasedCanary'),
    TimeBasedCanary: z.object({ CanaryPercentage: step.percent, CanaryInterval: step.minutes }),
  }),
  z.object({
    Type: z.literal('TimeBasedLinear'),
    TimeBasedLinear: z.object({ LinearPercentage: step.percent, LinearInterval: step.minutes }),
  }),
]);

/** Reads the `TrafficRoutingConfig` of a template. */
export function trafficRouting(properties: unknown): TrafficRouting {
  const input = routingSchema.parse(properties);
  if (input.Type === 'AllAtOnce') return { type: input.Type };
  if (input.Type === 'TimeBasedCanary') {
    const { CanaryPercentage: percent, CanaryInterval: minutes } = input.TimeBasedCanary;
    return { type: input.Type, percent, minutes };
  }
  const { LinearPercentage: percent, LinearInterval: minutes } = input.TimeBasedLinear;
  return { type: input.Type, percent, minutes };
}
