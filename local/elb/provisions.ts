import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Provisioned, Provisions, Resource } from '../deploy/provision.ts';
import { whenChanged } from '../deploy/when-changed.ts';
import type { LoadBalancing } from './load-balancing.ts';
import type { RuleAction, RuleCondition } from './rule.ts';
import type { TargetGroup, TargetGroupSettings } from './target-group.ts';

/** CloudFormation gives numbers as strings, too. */
const number = z.coerce.number();

const actionSchema = z.object({
  Type: z.enum(['forward', 'fixed-response', 'redirect']),
  TargetGroupArn: z.string().optional(),
  ForwardConfig: z
    .object({ TargetGroups: z.array(z.object({ TargetGroupArn: z.string(), Weight: number.default(1) })) })
    .optional(),
  FixedResponseConfig: z
    .object({ StatusCode: number, MessageBody: z.string().default(''), ContentType: z.string().default('text/plain') })
    .optional(),
  RedirectConfig: z
    .object({
      StatusCode: z.string(),
      Port: z.string().default('#{port}'),
      Protocol: z.string().default('#{protocol}'),
    })
    .optional(),
});

const conditionSchema = z.object({
  Field: z.enum(['host-header', 'path-pattern']),
  Values: z.array(z.string()).optional(),
  HostHeaderConfig: z.object({ Values: z.array(z.string()) }).optional(),
  PathPatternConfig: z.object({ Values: z.array(z.string()) }).optional(),
});

const loadBalancerSchema = z.object({
  Name: z.string().optional(),
  Type: z.literal('application').default('application'),
  Scheme: z.string().default('internet-facing'),
  Subnets: z.array(z.string()).default([]),
  SecurityGroups: z.array(z.string()).default([]),
});

const listenerSchema = z.object({
  LoadBalancerArn: z.string(),
  Port: number,
  Protocol: z.string().default('HTTP'),
  DefaultActions: z.tuple([actionSchema]),
});

const ruleSchema = z.object({
  ListenerArn: z.string(),
  Priority: number,
  Conditions: z.array(conditionSchema),
  Actions: z.tuple([actionSchema]),
});

const targetGroupSchema = z.object({
  Name: z.string().optional(),
  TargetType: z.literal('ip'),
  Protocol: z.string().default('HTTP'),
  Port: number,
  VpcId: z.string().default(''),
  HealthCheckEnabled: z.boolean().default(true),
  HealthCheckPath: z.string().default('/'),
  HealthCheckPort: z.string().default('traffic-port'),
  HealthCheckIntervalSeconds: number.default(30),
  HealthCheckTimeoutSeconds: number.default(5),
  HealthyThresholdCount: number.default(5),
  UnhealthyThresholdCount: number.default(2),
  Matcher: z.object({ HttpCode: z.string() }).default({ HttpCode: '200' }),
  TargetGroupAttributes: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
});

/**
 * Defaults are those of the template reference
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ElasticLoadBalancingV2.html).
 * An updated listener rule gets the forwards of its template again, whatever CodeDeploy has made of them
 * (aws/aws-cdk#36649).
 */
export function loadBalancingProvisions(model: LoadBalancing): Provisions {
  return {
    'AWS::ElasticLoadBalancingV2::LoadBalancer': whenChanged((resource) => {
      const input = loadBalancerSchema.parse(resource.properties);
      const balancer = model.createLoadBalancer({
        name: input.Name ?? generatedName(resource),
        scheme: input.Scheme,
        subnets: input.Subnets,
        securityGroups: input.SecurityGroups,
      });
      return {
        ref: balancer.arn,
        attributes: {
          LoadBalancerArn: balancer.arn,
          LoadBalancerName: balancer.name,
          LoadBalancerFullName: balancer.fullName,
          DNSName: balancer.dnsName,
          CanonicalHostedZoneID: 'Z35SXDOTRQ7X7K',
        },
      };
    }, refuseUpdate),
    'AWS::ElasticLoadBalancingV2::Listener': whenChanged((resource) => {
      const input = listenerSchema.parse(resource.properties);
      const action = actionOf(input.DefaultActions[0]);
      const { arn } = model.createListener(input.LoadBalancerArn, input.Port, input.Protocol, action);
      return { ref: arn, attributes: { ListenerArn: arn } };
    }, refuseUpdate),
    'AWS::ElasticLoadBalancingV2::ListenerRule': whenChanged(
      (resource) => {
        const input = ruleSchema.parse(resource.properties);
        const { arn } = model.createRule({
          listener: input.ListenerArn,
          priority: input.Priority,
          ...ruleContent(input),
        });
        return { ref: arn, attributes: { RuleArn: arn, IsDefault: 'false' } };
      },
      (resource, previous) => {
        model.modifyRule(previous.ref, ruleContent(ruleSchema.parse(resource.properties)));
        return previous;
      },
    ),
    'AWS::ElasticLoadBalancingV2::TargetGroup': whenChanged(
      (resource) => provisionedGroup(model.createTargetGroup(settingsOf(resource))),
      (resource, previous) => {
        const group = model.targetGroup(previous.ref);
        group.settings = { ...settingsOf(resource), name: group.settings.name };
        return previous;
      },
    ),
  };
}

function provisionedGroup(group: TargetGroup): Provisioned {
  return {
    ref: group.arn,
    attributes: {
      TargetGroupArn: group.arn,
      TargetGroupFullName: group.fullName,
      TargetGroupName: group.settings.name,
    },
  };
}

function settingsOf(resource: Resource): TargetGroupSettings {
  const input = targetGroupSchema.parse(resource.properties);
  const delay = input.TargetGroupAttributes.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds');
  return {
    name: input.Name ?? generatedName(resource),
    protocol: input.Protocol,
    port: input.Port,
    vpcId: input.VpcId,
    deregistrationDelaySeconds: Number(delay?.Value ?? 300),
    healthCheck: {
      enabled: input.HealthCheckEnabled,
      path: input.HealthCheckPath,
      port: input.HealthCheckPort,
      intervalSeconds: input.HealthCheckIntervalSeconds,
      timeoutSeconds: input.HealthCheckTimeoutSeconds,
      healthyThreshold: input.HealthyThresholdCount,
      unhealthyThreshold: input.UnhealthyThresholdCount,
      matcher: input.Matcher.HttpCode,
    },
  };
}

function ruleContent(input: z.infer<typeof ruleSchema>): { conditions: RuleCondition[]; action: RuleAction } {
  return {
    action: actionOf(input.Actions[0]),
    conditions: input.Conditions.map((condition) => ({
      field: condition.Field,
      patterns: (condition.HostHeaderConfig ?? condition.PathPatternConfig)?.Values ?? condition.Values ?? [],
    })),
  };
}

function actionOf(action: z.infer<typeof actionSchema>): RuleAction {
  const { FixedResponseConfig: fixed, RedirectConfig: redirect, ForwardConfig: forward } = action;
  if (fixed !== undefined) {
    return { kind: 'fixed', status: fixed.StatusCode, body: fixed.MessageBody, contentType: fixed.ContentType };
  }
  if (redirect !== undefined) {
    const status = redirect.StatusCode === 'HTTP_301' ? 301 : 302;
    return { kind: 'redirect', status, port: redirect.Port, protocol: redirect.Protocol };
  }
  const groups = forward?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn ?? '', Weight: 1 }];
  return {
    kind: 'forward',
    groups: groups.map(({ TargetGroupArn, Weight }) => ({ targetGroup: TargetGroupArn, weight: Weight })),
  };
}

/** Like CloudFormation's: the stack, the logical id, and something that makes it unique, in 32 characters. */
function generatedName({ stack, logicalId }: Resource): string {
  const unique = createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 12).toUpperCase();
  return `${stack.slice(0, 8)}-${logicalId.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 10)}-${unique}`;
}

function refuseUpdate({ stack, logicalId, type }: Resource): Provisioned {
  throw new Error(`${stack}/${logicalId}: the stage cannot update a ${type}; start a new stage with the new template.`);
}
