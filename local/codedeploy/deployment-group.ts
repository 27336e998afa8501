import { z } from 'zod';
import type { AlarmWatch } from './deployment.ts';
import type { ServiceRef } from './ports.ts';

const rollbackEvents = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] as const;
export type RollbackEvent = (typeof rollbackEvents)[number];

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
  readonly alarms: AlarmWatch;
  readonly rollbackOn: readonly RollbackEvent[];
}

/** CloudFormation gives numbers as strings, too. */
const minutes = z.coerce.number().default(0);
const listeners = z.object({ ListenerArns: z.tuple([z.string()]) });

const propertiesSchema = z.object({
  ApplicationName: z.string(),
  DeploymentGroupName: z.string(),
  DeploymentConfigName: z.string().default('CodeDeployDefault.ECSAllAtOnce'),
  ECSServices: z.tuple([z.object({ ClusterName: z.string(), ServiceName: z.string() })]),
  LoadBalancerInfo: z.object({
    TargetGroupPairInfoList: z.tuple([
      z.object({
        ProdTrafficRoute: listeners,
        TestTrafficRoute: listeners.optional(),
        TargetGroups: z.tuple([z.object({ Name: z.string() }), z.object({ Name: z.string() })]),
      }),
    ]),
  }),
  BlueGreenDeploymentConfiguration: z
    .object({
      DeploymentReadyOption: z
        .object({ ActionOnTimeout: z.string().optional(), WaitTimeInMinutes: minutes })
        .optional(),
      TerminateBlueInstancesOnDeploymentSuccess: z.object({ TerminationWaitTimeInMinutes: minutes }).optional(),
    })
    .default({}),
  AlarmConfiguration: z
    .object({
      Enabled: z.boolean().default(true),
      IgnorePollAlarmFailure: z.boolean().default(false),
      Alarms: z.array(z.object({ Name: z.string() })).default([]),
    })
    .optional(),
  AutoRollbackConfiguration: z
    .object({ Enabled: z.boolean().default(true), Events: z.array(z.enum(rollbackEvents)).default([]) })
    .optional(),
});

/**
 * Reads the group as its template describes it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codedeploy-deploymentgroup.html
 */
export function deploymentGroup(properties: unknown, targetGroupByName: (name: string) => string): DeploymentGroup {
  const input = propertiesSchema.parse(properties);
  const [pair] = input.LoadBalancerInfo.TargetGroupPairInfoList;
  const [service] = input.ECSServices;
  const [one, other] = pair.TargetGroups;
  const { DeploymentReadyOption: ready, TerminateBlueInstancesOnDeploymentSuccess: blue } =
    input.BlueGreenDeploymentConfiguration;
  const { AlarmConfiguration: alarms, AutoRollbackConfiguration: rollback } = input;
  return {
    application: input.ApplicationName,
    name: input.DeploymentGroupName,
    config: input.DeploymentConfigName,
    service: { cluster: service.ClusterName, service: service.ServiceName },
    productionListener: pair.ProdTrafficRoute.ListenerArns[0],
    testListener: pair.TestTrafficRoute?.ListenerArns[0] ?? null,
    targetGroups: [targetGroupByName(one.Name), targetGroupByName(other.Name)],
    readyWaitMinutes: ready?.ActionOnTimeout === 'STOP_DEPLOYMENT' ? ready.WaitTimeInMinutes : null,
    terminationWaitMinutes: blue?.TerminationWaitTimeInMinutes ?? 0,
    alarms: {
      names: alarms?.Enabled ? alarms.Alarms.map(({ Name }) => Name) : [],
      ignorePollFailure: alarms?.IgnorePollAlarmFailure ?? false,
    },
    rollbackOn: rollback?.Enabled ? rollback.Events : [],
  };
}
