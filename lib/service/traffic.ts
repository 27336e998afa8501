import { CfnDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import type { Construct } from 'constructs';
import type { ServiceDescription } from '../../lambda/domain/service.ts';
import type { ServiceConfig } from '../config/config.ts';

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html#deployment-configurations-predefined-ecs */
const allAtOnce = 'CodeDeployDefault.ECSAllAtOnce';

/** The policies as the workflow reads them, each canary with a CodeDeploy configuration of its own for its timing. */
export function trafficPolicies(
  scope: Construct,
  family: string,
  policies: ServiceConfig['policies'],
): ServiceDescription['policies'] {
  const policy = (name: 'feature' | 'hotfix') => {
    const { canaryPercent, canaryMinutes, ...judged } = policies[name];
    const config = new CfnDeploymentConfig(scope, `Config-${name}`, {
      // The timing in the name: CodeDeploy cannot change a configuration, only replace it by another.
      deploymentConfigName: `${family}-${name}-${canaryPercent}-${canaryMinutes}`,
      computePlatform: 'ECS',
      trafficRoutingConfig: {
        type: 'TimeBasedCanary',
        timeBasedCanary: { canaryPercentage: canaryPercent, canaryInterval: canaryMinutes },
      },
    });
    return { deploymentConfig: config.ref, ...judged };
  };
  return {
    feature: policy('feature'),
    hotfix: policy('hotfix'),
    rollback: { deploymentConfig: allAtOnce, ...policies.rollback, minimumJudged: 0, approval: false },
  };
}
