import { createHash } from 'node:crypto';
import type {
  Attachment,
  Container,
  Service as ServiceDescription,
  Task as TaskDescription,
  TaskSet as TaskSetDescription,
} from '@aws-sdk/client-ecs';
import type { Ecs } from './ecs.ts';
import type { Service } from './service.ts';
import type { Task } from './task.ts';
import type { TaskSet } from './task-set.ts';

const date = (ms: number | null): Date | undefined => (ms === null ? undefined : new Date(ms));

export function describeTask(task: Task): TaskDescription {
  const { input } = task;
  return {
    taskArn: task.arn,
    clusterArn: input.clusterArn,
    taskDefinitionArn: input.revision.arn,
    group: input.group,
    startedBy: input.startedBy,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    launchType: 'FARGATE',
    platformFamily: 'Linux',
    platformVersion: input.platformVersion ?? '1.4.0',
    cpu: input.revision.definition.cpu,
    memory: input.revision.definition.memory,
    overrides: input.overrides ?? { containerOverrides: [], inferenceAcceleratorOverrides: [] },
    createdAt: new Date(input.createdAt),
    startedAt: date(task.startedAt),
    stoppingAt: date(task.stoppingAt),
    stoppedAt: date(task.stoppedAt),
    executionStoppedAt: date(task.stoppedAt),
    ...(task.stopCode !== null && { stopCode: task.stopCode }),
    ...(task.stoppedReason !== null && { stoppedReason: task.stoppedReason }),
    containers: [describeContainer(task)],
    attachments: [describeAttachment(task)],
    healthStatus: 'UNKNOWN',
    connectivity: 'CONNECTED',
    tags: [...(input.tags ?? [])],
    version: 1,
  };
}

function describeContainer(task: Task): Container {
  const [, digest] = task.container.image?.split('@') ?? [];
  return {
    containerArn: `${task.arn.replace(':task/', ':container/')}/${task.container.name}`,
    taskArn: task.arn,
    name: task.container.name,
    image: task.container.image,
    ...(digest !== undefined && { imageDigest: digest }),
    lastStatus: task.lastStatus === 'RUNNING' || task.lastStatus === 'STOPPED' ? task.lastStatus : 'PENDING',
    ...(task.exitCode !== null && { exitCode: task.exitCode }),
    ...(task.containerReason !== null && { reason: task.containerReason }),
    networkInterfaces: task.ip === null ? [] : [{ attachmentId: attachmentId(task), privateIpv4Address: task.ip }],
    healthStatus: 'UNKNOWN',
  };
}

/** The details are there once the interface is attached, which is when provisioning ends. */
function describeAttachment(task: Task): Attachment {
  const attached = task.lastStatus !== 'DEPROVISIONING' && task.lastStatus !== 'STOPPED';
  const subnet = task.input.network?.awsvpcConfiguration?.subnets?.[0] ?? '';
  return {
    id: attachmentId(task),
    type: 'ElasticNetworkInterface',
    status: task.ip === null ? 'PRECREATED' : attached ? 'ATTACHED' : 'DELETED',
    details: [
      { name: 'subnetId', value: subnet },
      ...(task.ip === null
        ? []
        : [
            { name: 'networkInterfaceId', value: `eni-${task.id.slice(0, 17)}` },
            { name: 'privateDnsName', value: `ip-${task.ip.replaceAll('.', '-')}.ec2.internal` },
            { name: 'privateIPv4Address', value: task.ip },
          ]),
    ],
  };
}

function attachmentId(task: Task): string {
  const digits = createHash('sha256').update(task.id).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}

export function describeService(service: Service, model: Ecs): ServiceDescription {
  const { input, primary } = service;
  const sum = (count: (set: TaskSet) => number): number =>
    service.taskSets.reduce((total, set) => total + count(set), 0);
  return {
    serviceArn: input.arn,
    serviceName: input.name,
    clusterArn: input.clusterArn,
    status: 'ACTIVE',
    desiredCount: service.desiredCount,
    runningCount: sum((set) => set.runningCount),
    pendingCount: sum((set) => set.pendingCount),
    launchType: 'FARGATE',
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'CODE_DEPLOY' },
    platformVersion: primary?.input.platformVersion ?? input.platformVersion,
    networkConfiguration: primary?.input.network ?? input.network,
    taskDefinition: primary?.input.revision.arn,
    loadBalancers: primary === undefined ? [] : [loadBalancerOf(primary)],
    taskSets: service.taskSets.map((set) => describeTaskSet(set, service, model)),
    // A service whose tasks live in task sets has no deployments of ECS's own.
    deployments: [],
    events: [...service.events],
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    createdAt: new Date(input.createdAt),
    ...(input.role !== undefined && { roleArn: input.role }),
    enableECSManagedTags: false,
    propagateTags: 'NONE',
  };
}

function loadBalancerOf({ input }: TaskSet) {
  return {
    targetGroupArn: input.targetGroup,
    containerName: input.containerName,
    containerPort: input.containerPort,
  };
}

export function describeTaskSet(set: TaskSet, service: Service, model: Ecs): TaskSetDescription {
  return {
    id: set.id,
    taskSetArn: set.arn,
    serviceArn: service.input.arn,
    clusterArn: service.input.clusterArn,
    status: set.status,
    taskDefinition: set.input.revision.arn,
    ...(set.input.externalId !== null && { startedBy: 'CODE_DEPLOY', externalId: set.input.externalId }),
    computedDesiredCount: set.computedDesiredCount(service.desiredCount),
    runningCount: set.runningCount,
    pendingCount: set.pendingCount,
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: model.isSteady(service, set) ? 'STEADY_STATE' : 'STABILIZING',
    launchType: 'FARGATE',
    platformVersion: set.input.platformVersion,
    networkConfiguration: set.input.network,
    loadBalancers: [loadBalancerOf(set)],
    createdAt: new Date(set.createdAt),
    updatedAt: new Date(set.updatedAt),
  };
}
