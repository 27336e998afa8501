import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, type TaskDefinition } from '@aws-sdk/client-ecs';
import { isPending } from '../lambda/domain/pending-shape.ts';
import type { ServiceDescription, ServiceShape } from '../lambda/domain/service.ts';
import type { Account } from './account.ts';

/** What ECS runs for a service, whoever put it there. */
export interface Serving {
  readonly revision: string;
  readonly image: string;
  readonly desired: number;
  readonly running: number;
  /** Whether the service was deployed with another shape since: cpu, environment, secrets, network. */
  readonly shapePending: boolean;
}

/** The primary task set; null for a service that runs none. */
export async function readServing(
  account: Account,
  description: ServiceDescription,
  shape: ServiceShape,
): Promise<Serving | null> {
  const ecs = await account.client('ecs');
  const { cluster, ecsService } = description;
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [ecsService] }));
  const service = services?.[0];
  const primary = service?.taskSets?.find(({ status }) => status === 'PRIMARY');
  if (service === undefined || primary?.taskDefinition === undefined) return null;
  const [live, wanted] = await Promise.all(
    [primary.taskDefinition, shape.taskDefinition].map((each) => taskDefinition(account, each)),
  );
  const network = primary.networkConfiguration?.awsvpcConfiguration;
  return {
    revision: primary.taskDefinition.split('/').at(-1) ?? primary.taskDefinition,
    image: live?.containerDefinitions?.find(({ name }) => name === shape.container)?.image ?? 'unknown',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    shapePending: isPending({ live, wanted, shape, network }),
  };
}

async function taskDefinition(account: Account, name: string): Promise<TaskDefinition | undefined> {
  const ecs = await account.client('ecs');
  return (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: name }))).taskDefinition;
}

/** Names of the alarms of the deployment group that are in ALARM. */
export async function firingAlarms(account: Account, { alarms }: ServiceDescription): Promise<string[]> {
  if (alarms.length === 0) return [];
  const { MetricAlarms = [] } = await (await account.client('cloudwatch')).send(
    new DescribeAlarmsCommand({ AlarmNames: alarms, StateValue: 'ALARM', MaxRecords: 100 }),
  );
  return MetricAlarms.map(({ AlarmName = '' }) => AlarmName);
}

/** Whether any of the service's autoscaling is suspended; null for a service that does not scale. */
export async function scalingSuspended(
  account: Account,
  { cluster, ecsService }: ServiceDescription,
): Promise<boolean | null> {
  const { ScalableTargets } = await (await account.client('scaling')).send(
    new DescribeScalableTargetsCommand({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceIds: [`service/${cluster}/${ecsService}`],
    }),
  );
  const target = ScalableTargets?.[0];
  return target === undefined ? null : Object.values(target.SuspendedState ?? {}).includes(true);
}
