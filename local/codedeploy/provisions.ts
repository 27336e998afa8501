import { z } from 'zod';
import type { Provisions } from '../deploy/provision.ts';
import { whenChanged } from '../deploy/when-changed.ts';
import type { CodeDeploy } from './codedeploy.ts';
import { trafficRouting } from './deployment-config.ts';
import { deploymentGroup } from './deployment-group.ts';

const applicationSchema = z.object({ ApplicationName: z.string(), ComputePlatform: z.literal('ECS') });
const configSchema = z.object({
  DeploymentConfigName: z.string(),
  ComputePlatform: z.literal('ECS'),
  TrafficRoutingConfig: z.unknown(),
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_CodeDeploy.html */
export function codeDeployProvisions(model: CodeDeploy): Provisions {
  return {
    'AWS::CodeDeploy::Application': whenChanged(({ properties }) => ({
      ref: applicationSchema.parse(properties).ApplicationName,
      attributes: {},
    })),
    'AWS::CodeDeploy::DeploymentConfig': whenChanged(({ properties }) => {
      const { DeploymentConfigName: name, TrafficRoutingConfig: routing } = configSchema.parse(properties);
      model.putConfig(name, trafficRouting(routing));
      return { ref: name, attributes: {} };
    }),
    'AWS::CodeDeploy::DeploymentGroup': whenChanged(({ properties }) => {
      const group = deploymentGroup(properties, (name) => model.ports.routes.targetGroupByName(name));
      model.putGroup(group);
      return { ref: group.name, attributes: {} };
    }),
  };
}
