import type {
  Action,
  Listener as ListenerDescription,
  LoadBalancer as LoadBalancerDescription,
  Rule as RuleDescription,
  TargetGroup as TargetGroupDescription,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Listener, LoadBalancer, LoadBalancing } from './load-balancing.ts';
import type { Rule, RuleAction } from './rule.ts';
import type { TargetAddress, TargetGroup } from './target-group.ts';

export function describeLoadBalancer(loadBalancer: LoadBalancer): LoadBalancerDescription {
  return {
    LoadBalancerArn: loadBalancer.arn,
    LoadBalancerName: loadBalancer.name,
    DNSName: loadBalancer.dnsName,
    Scheme: loadBalancer.scheme === 'internal' ? 'internal' : 'internet-facing',
    Type: 'application',
    State: { Code: 'active' },
    IpAddressType: 'ipv4',
    SecurityGroups: [...loadBalancer.securityGroups],
    AvailabilityZones: loadBalancer.subnets.map((SubnetId) => ({ SubnetId })),
  };
}

export function describeListener(listener: Listener, model: LoadBalancing): ListenerDescription {
  const byDefault = model.rules(listener.arn).find((rule) => rule.priority === 'default');
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancer.arn,
    Port: listener.port,
    Protocol: listener.protocol === 'HTTPS' ? 'HTTPS' : 'HTTP',
    DefaultActions: byDefault === undefined ? [] : [describeAction(byDefault.action)],
  };
}

export function describeRule(rule: Rule): RuleDescription {
  return {
    RuleArn: rule.arn,
    Priority: String(rule.priority),
    IsDefault: rule.priority === 'default',
    Conditions: rule.conditions.map(({ field, patterns }) => ({
      Field: field,
      Values: [...patterns],
      ...(field === 'host-header'
        ? { HostHeaderConfig: { Values: [...patterns] } }
        : { PathPatternConfig: { Values: [...patterns] } }),
    })),
    Actions: [describeAction(rule.action)],
  };
}

/** A forward to one group has both forms, as AWS gives them (API_Action.html). */
function describeAction(action: RuleAction): Action {
  switch (action.kind) {
    case 'forward': {
      const [first, ...others] = action.groups;
      return {
        Type: 'forward',
        ...(others.length === 0 && { TargetGroupArn: first?.targetGroup }),
        ForwardConfig: {
          TargetGroups: action.groups.map(({ targetGroup, weight }) => ({
            TargetGroupArn: targetGroup,
            Weight: weight,
          })),
          TargetGroupStickinessConfig: { Enabled: false },
        },
      };
    }
    case 'fixed':
      return {
        Type: 'fixed-response',
        FixedResponseConfig: {
          StatusCode: String(action.status),
          MessageBody: action.body,
          ContentType: action.contentType,
        },
      };
    case 'redirect':
    default:
      return {
        Type: 'redirect',
        RedirectConfig: {
          Port: action.port,
          Protocol: action.protocol,
          StatusCode: action.status === 301 ? 'HTTP_301' : 'HTTP_302',
        },
      };
  }
}

export function describeTargetGroup(group: TargetGroup, model: LoadBalancing): TargetGroupDescription {
  const { settings } = group;
  const loadBalancer = model.balancerOf(group.arn);
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: settings.name,
    Protocol: settings.protocol === 'HTTPS' ? 'HTTPS' : 'HTTP',
    Port: settings.port,
    VpcId: settings.vpcId,
    TargetType: 'ip',
    HealthCheckEnabled: settings.healthCheck.enabled,
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: settings.healthCheck.port,
    HealthCheckPath: settings.healthCheck.path,
    HealthCheckIntervalSeconds: settings.healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: settings.healthCheck.timeoutSeconds,
    HealthyThresholdCount: settings.healthCheck.healthyThreshold,
    UnhealthyThresholdCount: settings.healthCheck.unhealthyThreshold,
    Matcher: { HttpCode: settings.healthCheck.matcher },
    LoadBalancerArns: loadBalancer === undefined ? [] : [loadBalancer.arn],
  };
}

/** A target that is not registered is described as unused, with Target.NotRegistered. */
export function describeTarget(group: TargetGroup, address: TargetAddress): TargetHealthDescription {
  const health = group.status(address);
  const Target = { Id: address.ip, Port: address.port };
  if (health === undefined) {
    const Description = 'Target is not registered to the target group';
    return { Target, TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered', Description } };
  }
  const { status, reason } = health;
  return {
    Target,
    HealthCheckPort:
      group.settings.healthCheck.port === 'traffic-port' ? String(address.port) : group.settings.healthCheck.port,
    TargetHealth: {
      State: status,
      ...(reason !== null && { Reason: reasonCode(reason.code), Description: reason.description }),
    },
  };
}

const reasonCodes = [
  'Elb.RegistrationInProgress',
  'Elb.InitialHealthChecking',
  'Target.ResponseCodeMismatch',
  'Target.Timeout',
  'Target.FailedHealthChecks',
  'Target.NotInUse',
  'Target.DeregistrationInProgress',
] as const;

function reasonCode(code: string): (typeof reasonCodes)[number] | undefined {
  return reasonCodes.find((known) => known === code);
}
