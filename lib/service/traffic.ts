import { CfnDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import type { Construct } from 'constructs';
import type { ServiceDescription } from '../../lambda/domain/service.ts';
import type { ServiceConfig } from '../config/config.ts';

/** The policies as the workflow reads them, each with a CodeDeploy configuration of its own for the timing of its canary. */
export function trafficPolicies(
  scope: Construct,
  family: string,
  policies: ServiceConfig['policies'],
): ServiceDescription['policies'] {
  const policy = (name: keyof ServiceConfig['policies']) => {
    const { canaryPercent, canaryMinutes, bakeSeconds } = policies[name];
    const config = new CfnDeploymentConfig(scope, `Config-${name}`, {
      // The timing in the name: CodeDeploy cannot change a configuration, only replace it by another.
      deploymentConfigName: `${family}-${name}-${canaryPercent}-${canaryMinutes}`,
      computePlatform: 'ECS',
      trafficRoutingConfig: {
        type: 'TimeBasedCanary',
        timeBasedCanary: { canaryPercentage: canaryPercent, canaryInterval: canaryMinutes },
      },
    });
    return { deploymentConfig: config.ref, bakeSeconds };
  };
  return { feature: policy('feature'), hotfix: policy('hotfix') };
}
