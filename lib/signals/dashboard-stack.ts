import { Stack, type StackProps } from 'aws-cdk-lib';
import { Dashboard, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { environmentNames } from '../../lambda/domain/names.ts';
import type { EnvironmentConfig } from '../config/config.ts';
import type { PlatformStack } from '../platform/platform-stack.ts';
import type { FrozenStack } from '../service/frozen-stack.ts';
import { recoveryAlarm } from './recovery-alarm.ts';
import { ReleaseMetrics } from './release-metrics.ts';
import { serviceWidgets } from './service-widgets.ts';
import { sharedWidgets } from './shared-widgets.ts';
import type { SignalsStack } from './signals-stack.ts';

export interface DashboardStackProps extends StackProps {
  readonly config: EnvironmentConfig;
  readonly signals: SignalsStack;
  readonly platform: PlatformStack;
  /** The frozen stack of each service, by the service's name. */
  readonly services: Readonly<Record<string, FrozenStack>>;
}

/** One page that says how the environment and its releases are doing; deployed last, after all that it shows. */
export class DashboardStack extends Stack {
  constructor(scope: Construct, id: string, props: DashboardStackProps) {
    super(scope, id, props);
    const { config, platform } = props;
    const { prefix } = environmentNames(config.name);
    const loadBalancer = platform.loadBalancer.loadBalancerFullName;
    const releases = new ReleaseMetrics(this, 'Releases', {
      environment: config.name,
      services: Object.keys(config.services),
      topic: props.signals.topic,
    });
    recoveryAlarm(this, config.name, props.signals.topic);
    const widgets: IWidget[][] = Object.entries(props.services).flatMap(([service, { targetGroups }]) =>
      serviceWidgets({ config, service, watched: { targetGroups, loadBalancer }, releases }),
    );
    new Dashboard(this, 'Dashboard', {
      dashboardName: prefix,
      widgets: [...widgets, ...sharedWidgets({ config, loadBalancer })],
    });
  }
}
