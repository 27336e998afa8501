import type {
  DeregisterTaskDefinitionCommandInput,
  DeregisterTaskDefinitionCommandOutput,
  DescribeClustersCommandInput,
  DescribeClustersCommandOutput,
  DescribeServicesCommandInput,
  DescribeServicesCommandOutput,
  DescribeTaskDefinitionCommandInput,
  DescribeTaskDefinitionCommandOutput,
  ListClustersCommandInput,
  ListClustersCommandOutput,
  ListServicesCommandInput,
  ListServicesCommandOutput,
  ListTaskDefinitionsCommandInput,
  ListTaskDefinitionsCommandOutput,
  RegisterTaskDefinitionCommandInput,
  RegisterTaskDefinitionCommandOutput,
  UpdateServiceCommandInput,
  UpdateServiceCommandOutput,
} from '@aws-sdk/client-ecs';
import { type Operations, ServiceError } from '../aws/operation.ts';
import { describeService } from './describe.ts';
import type { Ecs } from './ecs.ts';
import { shortName } from './names.ts';
import { page } from './page.ts';
import { refuseCodeDeployUpdate } from './service.ts';
import { taskOperations } from './task-operations.ts';

type Output<T> = Omit<T, '$metadata'>;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html */
export function ecsOperations(model: Ecs) {
  return {
    ...taskOperations(model),
    DescribeClusters: (input: DescribeClustersCommandInput) => describeClusters(model, input),
    ListClusters: (input: ListClustersCommandInput): Output<ListClustersCommandOutput> => {
      const { items, nextToken } = page(model.clusters(), input);
      return { clusterArns: [...items], nextToken };
    },
    RegisterTaskDefinition: (
      input: RegisterTaskDefinitionCommandInput,
    ): Output<RegisterTaskDefinitionCommandOutput> => {
      const { definition, tags } = model.register(input);
      return { taskDefinition: definition, tags: [...tags] };
    },
    DescribeTaskDefinition: (input: DescribeTaskDefinitionCommandInput) => describeTaskDefinition(model, input),
    DeregisterTaskDefinition: (
      input: DeregisterTaskDefinitionCommandInput,
    ): Output<DeregisterTaskDefinitionCommandOutput> => ({
      taskDefinition: model.definitions.deregister(input.taskDefinition ?? '', model.now).definition,
    }),
    ListTaskDefinitions: (input: ListTaskDefinitionsCommandInput): Output<ListTaskDefinitionsCommandOutput> => {
      const { items, nextToken } = page(model.definitions.list(input), input);
      return { taskDefinitionArns: items.map(({ arn }) => arn), nextToken };
    },
    DescribeServices: (input: DescribeServicesCommandInput) => describeServices(model, input),
    ListServices: (input: ListServicesCommandInput): Output<ListServicesCommandOutput> => {
      const cluster = model.clusterArn(input.cluster);
      const inCluster = model.services().filter((service) => service.input.clusterArn === cluster);
      const { items, nextToken } = page(inCluster, input);
      return { serviceArns: items.map((service) => service.input.arn), nextToken };
    },
    UpdateService: (input: UpdateServiceCommandInput) => updateService(model, input),
  } satisfies Operations;
}

function describeClusters(model: Ecs, input: DescribeClustersCommandInput): Output<DescribeClustersCommandOutput> {
  const wanted = input.clusters ?? ['default'];
  const found = (name: string) => model.clusters().find((arn) => shortName(arn) === shortName(name));
  return {
    clusters: wanted.flatMap((name) => {
      const clusterArn = found(name);
      return clusterArn === undefined ? [] : [{ clusterArn, clusterName: shortName(clusterArn), status: 'ACTIVE' }];
    }),
    failures: wanted.filter((name) => found(name) === undefined).map((arn) => ({ arn, reason: 'MISSING' })),
  };
}

function describeTaskDefinition(
  model: Ecs,
  input: DescribeTaskDefinitionCommandInput,
): Output<DescribeTaskDefinitionCommandOutput> {
  const revision = model.definitions.find(input.taskDefinition ?? '');
  if (revision === undefined) throw new ServiceError('ClientException', 'Unable to describe task definition.');
  return {
    taskDefinition: revision.definition,
    ...(input.include?.includes('TAGS') && { tags: [...revision.tags] }),
  };
}

function describeServices(model: Ecs, input: DescribeServicesCommandInput): Output<DescribeServicesCommandOutput> {
  const wanted = input.services ?? [];
  if (wanted.length === 0) throw new ServiceError('InvalidParameterException', 'Services cannot be empty.');
  const cluster = model.clusterArn(input.cluster);
  return {
    services: wanted.flatMap((name) => {
      const service = model.service(cluster, name);
      return service === undefined ? [] : [describeService(service, model)];
    }),
    failures: wanted
      .filter((name) => model.service(cluster, name) === undefined)
      .map((arn) => ({ arn, reason: 'MISSING' })),
  };
}

function updateService(model: Ecs, input: UpdateServiceCommandInput): Output<UpdateServiceCommandOutput> {
  const service = model.service(model.clusterArn(input.cluster), input.service ?? '');
  if (service === undefined) throw new ServiceError('ServiceNotFoundException', `Service not found: ${input.service}.`);
  refuseCodeDeployUpdate(input);
  const { desiredCount, healthCheckGracePeriodSeconds } = input;
  model.updateService(service, {
    ...(desiredCount !== undefined && { desiredCount }),
    ...(healthCheckGracePeriodSeconds !== undefined && { healthCheckGracePeriodSeconds }),
  });
  return { service: describeService(service, model) };
}
