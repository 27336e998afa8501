import { type CfnResource, Stack } from 'aws-cdk-lib';
import { CfnService } from 'aws-cdk-lib/aws-ecs';
import { CfnListenerRule, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { environmentNames, serviceNames } from '../../lambda/domain/names.ts';
import { type ServiceStackProps, serviceConfig } from './service-props.ts';

/**
 * What CodeDeploy changes at run time, and CloudFormation must therefore never touch again: the ECS
 * service, its target groups `a` and `b`, and the listener rules that forward to them.
 *
 * Once deployed, nothing in this template may change, tags included: any update of a CODE_DEPLOY
 * service resends every property of it, which ECS refuses, and an updated rule gets its forwards of
 * the first day back (docs/adr/0002-frozen-service-stack.md). Hence L1 constructs, in which stands
 * what is written here and no more; hence no desired count, and the task definition by its family.
 */
export class FrozenStack extends Stack {
  readonly service: CfnService;
  readonly targetGroups: { readonly a: CfnTargetGroup; readonly b: CfnTargetGroup };
  readonly productionRule: CfnListenerRule;
  readonly testRule: CfnListenerRule;
  /** All of the above: what nothing but CodeDeploy may change. */
  readonly frozen: readonly CfnResource[];

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, { ...props, tags: {} });
    const { frozen } = serviceConfig(props);
    const { platform, network } = props;

    this.targetGroups = { a: this.targetGroup('TargetGroupA', props), b: this.targetGroup('TargetGroupB', props) };
    this.productionRule = this.rule('ProductionRule', platform.productionListener.listenerArn, props);
    this.testRule = this.rule('TestRule', platform.testListener.listenerArn, props);

    this.service = new CfnService(this, 'Service', {
      serviceName: props.service,
      cluster: environmentNames(props.config.name).cluster,
      // The family, not a revision: which one runs is CodeDeploy's business after the first day.
      taskDefinition: serviceNames(props.config.name, props.service).family,
      deploymentController: { type: 'CODE_DEPLOY' },
      launchType: 'FARGATE',
      // ECS would otherwise move tasks between zones by itself, in the middle of a release too
      // (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html).
      availabilityZoneRebalancing: 'DISABLED',
      healthCheckGracePeriodSeconds: frozen.graceSeconds,
      loadBalancers: [
        { containerName: props.service, containerPort: frozen.port, targetGroupArn: this.targetGroups.a.ref },
      ],
      networkConfiguration: {
        awsvpcConfiguration: {
          assignPublicIp: 'DISABLED',
          subnets: firstTwo(network.vpc.selectSubnets(network.taskSubnets).subnetIds),
          securityGroups: [network.serviceGroup(props.service).securityGroupId],
        },
      },
    });
    // ECS takes a target group only once a listener forwards to it.
    this.service.addResourceDependency(this.productionRule);
    this.service.addResourceDependency(this.testRule);
    this.frozen = [this.service, this.targetGroups.a, this.targetGroups.b, this.productionRule, this.testRule];
    withoutTags(this.frozen);
  }

  private targetGroup(id: string, props: ServiceStackProps): CfnTargetGroup {
    const { health, port, deregistrationDelaySeconds } = serviceConfig(props).frozen;
    return new CfnTargetGroup(this, id, {
      targetType: 'ip',
      protocol: 'HTTP',
      port,
      vpcId: props.network.vpc.vpcId,
      healthCheckEnabled: true,
      healthCheckProtocol: 'HTTP',
      healthCheckPath: health.path,
      healthCheckIntervalSeconds: health.intervalSeconds,
      healthCheckTimeoutSeconds: health.timeoutSeconds,
      healthyThresholdCount: health.healthyThreshold,
      unhealthyThresholdCount: health.unhealthyThreshold,
      matcher: { httpCode: '200' },
      targetGroupAttributes: [
        { key: 'deregistration_delay.timeout_seconds', value: String(deregistrationDelaySeconds) },
      ],
    });
  }

  /** Both groups from the start, as CodeDeploy itself leaves a rule: the new one at 100, the other at 0. */
  private rule(id: string, listenerArn: string, props: ServiceStackProps): CfnListenerRule {
    const { hosts, rulePriority } = serviceConfig(props).frozen;
    return new CfnListenerRule(this, id, {
      listenerArn,
      priority: rulePriority,
      conditions: [{ field: 'host-header', hostHeaderConfig: { values: [...hosts] } }],
      actions: [
        {
          type: 'forward',
          forwardConfig: {
            targetGroups: [
              { targetGroupArn: this.targetGroups.a.ref, weight: 100 },
              { targetGroupArn: this.targetGroups.b.ref, weight: 0 },
            ],
          },
        },
      ],
    });
  }
}

/**
 * There are two zones from the first deploy on, and a third may come. Only the tasks of the first day run where
 * this says: a release brings the subnets of the shape along.
 */
function firstTwo(subnetIds: readonly string[]): string[] {
  return subnetIds.slice(0, 2);
}

/** Keeps out the tags that somebody puts on the whole app: since July 2026 they reach listener rules too. */
function withoutTags(resources: readonly CfnResource[]): void {
  for (const resource of resources) resource.addPropertyDeletionOverride('Tags');
}
