import type { ServiceRef } from './ports.ts';

export type RollbackEvent = 'DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_ALARM' | 'DEPLOYMENT_STOP_ON_REQUEST';

/** A deployment group of the ECS compute platform, as far as it decides how deployments go. */
export interface DeploymentGroup {
  readonly application: string;
  readonly name: string;
  readonly config: string;
  readonly service: ServiceRef;
  readonly productionListener: string;
  readonly testListener: string | null;
  /** ARNs of the two target groups. */
  readonly targetGroups: readonly [string, string];
  /** Minutes that green waits for ContinueDeployment before it is stopped; null when users may come at once. */
  readonly readyWaitMinutes: number | null;
  readonly terminationWaitMinutes: number;
  readonly alarms: readonly string[];
  readonly rollbackOn: readonly RollbackEvent[];
}

interface Properties {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly deploymentConfigName?: string;
  readonly ecsServices: readonly { readonly clusterName: string; readonly serviceName: string }[];
  readonly loadBalancerInfo: {
    readonly targetGroupPairInfoList: readonly {
      readonly prodTrafficRoute: { readonly listenerArns: readonly string[] };
      readonly testTrafficRoute?: { readonly listenerArns: readonly string[] };
      readonly targetGroups: readonly { readonly name: string }[];
    }[];
  };
  readonly blueGreenDeploymentConfiguration?: {
    readonly deploymentReadyOption?: {
      readonly actionOnTimeout?: string;
      readonly waitTimeInMinutes?: number | string;
    };
    readonly terminateBlueInstancesOnDeploymentSuccess?: {
      readonly terminationWaitTimeInMinutes?: number | string;
    };
  };
  readonly alarmConfiguration?: { readonly enabled?: boolean; readonly alarms?: readonly { readonly name: string }[] };
  readonly autoRollbackConfiguration?: { readonly enabled?: boolean; readonly events?: readonly RollbackEvent[] };
}

/**
 * Reads the group as its template describes it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codedeploy-deploymentgroup.html
 */
export function deploymentGroup(properties: Properties, targetGroupByName: (name: string) => string): DeploymentGroup {
  const [pair] = properties.loadBalancerInfo.targetGroupPairInfoList;
  const [service] = properties.ecsServices;
  const [one, other] = pair?.targetGroups ?? [];
  const productionListener = pair?.prodTrafficRoute.listenerArns[0];
  if (!pair || !service || !one || !other || !productionListener) {
    throw new Error(
      `Deployment group ${properties.deploymentGroupName} needs a service, a production listener and two target groups.`,
    );
  }
  const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: blue } =
    properties.blueGreenDeploymentConfiguration ?? {};
  const { alarmConfiguration: alarms, autoRollbackConfiguration: rollback } = properties;
  return {
    application: properties.applicationName,
    name: properties.deploymentGroupName,
    config: properties.deploymentConfigName ?? 'CodeDeployDefault.ECSAllAtOnce',
    service: { cluster: service.clusterName, service: service.serviceName },
    productionListener,
    testListener: pair.testTrafficRoute?.listenerArns[0] ?? null,
    targetGroups: [targetGroupByName(one.name), targetGroupByName(other.name)],
    readyWaitMinutes: ready?.actionOnTimeout === 'STOP_DEPLOYMENT' ? Number(ready.waitTimeInMinutes ?? 0) : null,
    terminationWaitMinutes: Number(blue?.terminationWaitTimeInMinutes ?? 0),
    alarms: alarms?.enabled === false ? [] : (alarms?.alarms ?? []).map(({ name }) => name),
    rollbackOn: rollback?.enabled === false ? [] : (rollback?.events ?? []),
  };
}
