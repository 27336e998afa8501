import type { ServiceShape } from './service.ts';

/**
 * The AppSpec of an ECS deployment, as JSON. CodeDeploy takes the task definition, the load-balanced
 * container and the network from here alone.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
export function appSpec(shape: ServiceShape, revision: string): string {
  return JSON.stringify({
    version: 0.0,
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: revision,
            LoadBalancerInfo: { ContainerName: shape.container, ContainerPort: shape.port },
            PlatformVersion: shape.platformVersion,
            NetworkConfiguration: {
              AwsvpcConfiguration: {
                Subnets: shape.subnets,
                SecurityGroups: shape.securityGroups,
                AssignPublicIp: 'DISABLED',
              },
            },
          },
        },
      },
    ],
  });
}
