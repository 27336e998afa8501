import { ServiceError } from '../aws/operation.ts';

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

interface RoutingProperties {
  readonly type?: string;
  readonly timeBasedCanary?: { readonly canaryPercentage: number; readonly canaryInterval: number };
  readonly timeBasedLinear?: { readonly linearPercentage: number; readonly linearInterval: number };
}

/** @throws ServiceError InvalidTrafficRoutingConfigurationException */
export function trafficRouting({ type, timeBasedCanary, timeBasedLinear }: RoutingProperties): TrafficRouting {
  if (type === 'AllAtOnce') return { type };
  if (type === 'TimeBasedCanary' && timeBasedCanary) {
    return { type, ...checked(Number(timeBasedCanary.canaryPercentage), Number(timeBasedCanary.canaryInterval)) };
  }
  if (type === 'TimeBasedLinear' && timeBasedLinear) {
    return { type, ...checked(Number(timeBasedLinear.linearPercentage), Number(timeBasedLinear.linearInterval)) };
  }
  throw new ServiceError('InvalidTrafficRoutingConfigurationException', `The traffic routing ${type} is not complete.`);
}

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TimeBasedCanary.html */
function checked(percent: number, minutes: number): { readonly percent: number; readonly minutes: number } {
  if (percent >= 1 && percent <= 99 && minutes >= 1) return { percent, minutes };
  throw new ServiceError(
    'InvalidTrafficRoutingConfigurationException',
    `A step of ${percent} % every ${minutes} minutes: 1 to 99 % and at least 1 minute are allowed.`,
  );
}
