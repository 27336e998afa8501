import { z } from 'zod';
import type { Provisioned, Provisions, Resource } from '../deploy/provision.ts';
import { whenChanged } from '../deploy/when-changed.ts';
import type { Ecs, NewService } from './ecs.ts';
import { serviceSchema, taskDefinitionSchema } from './properties.ts';
import { refuseCodeDeployUpdate, type Service } from './service.ts';

const clusterSchema = z.object({
  ClusterName: z.string().optional(),
  ClusterSettings: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECS.html */
export function ecsProvisions(model: Ecs): Provisions {
  return {
    'AWS::ECS::Cluster': whenChanged((resource) => {
      const { ClusterName, ClusterSettings } = clusterSchema.parse(resource.properties);
      const name = ClusterName ?? `${resource.stack}-${resource.logicalId}`;
      const enhanced = ClusterSettings.some(({ Name, Value }) => Name === 'containerInsights' && Value === 'enhanced');
      return { ref: name, attributes: { Arn: model.createCluster(name, enhanced) } };
    }),
    // A changed task definition is a new revision; the old one is retained, as our stacks ask for.
    'AWS::ECS::TaskDefinition': whenChanged((resource) => {
      const input = taskDefinitionSchema.parse(camelCased(resource.properties));
      const { arn } = model.register({ ...input, family: input.family ?? `${resource.stack}${resource.logicalId}` });
      return { ref: arn, attributes: { TaskDefinitionArn: arn } };
    }),
    'AWS::ECS::Service': whenChanged(
      (resource) => provisioned(model.createService(newService(resource))),
      (resource, previous) => {
        // CloudFormation sends every property again, whichever has changed (aws/aws-cdk#25777).
        refuseCodeDeployUpdate(Object.fromEntries(Object.entries(camelCased(resource.properties) ?? {})));
        return previous;
      },
    ),
  };
}

function newService({ stack, logicalId, properties }: Resource): NewService {
  const input = serviceSchema.parse(camelCased(properties));
  const [loadBalancer] = input.loadBalancers;
  return {
    cluster: input.cluster,
    name: input.serviceName ?? `${stack}-${logicalId}`,
    taskDefinition: input.taskDefinition,
    desiredCount: input.desiredCount,
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds,
    platformVersion: input.platformVersion,
    network: input.networkConfiguration,
    role: input.role,
    loadBalancer: { ...loadBalancer, targetGroup: loadBalancer.targetGroupArn },
  };
}

function provisioned({ input }: Service): Provisioned {
  return { ref: input.arn, attributes: { Name: input.name, ServiceArn: input.arn } };
}

/** Template properties begin in upper case, those of the API in lower case. */
function camelCased(value: unknown): object {
  const convert = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(convert);
    if (each === null || typeof each !== 'object') return each;
    return Object.fromEntries(
      Object.entries(each).map(([key, inner]) => [key.charAt(0).toLowerCase() + key.slice(1), convert(inner)]),
    );
  };
  const converted = convert(value);
  return converted !== null && typeof converted === 'object' ? converted : {};
}
