import type {
  Action,
  DeregisterTargetsCommandInput,
  DescribeListenersCommandInput,
  DescribeListenersCommandOutput,
  DescribeLoadBalancersCommandInput,
  DescribeLoadBalancersCommandOutput,
  DescribeRulesCommandInput,
  DescribeRulesCommandOutput,
  DescribeTargetGroupsCommandInput,
  DescribeTargetGroupsCommandOutput,
  DescribeTargetHealthCommandInput,
  DescribeTargetHealthCommandOutput,
  ModifyRuleCommandInput,
  ModifyRuleCommandOutput,
  RegisterTargetsCommandInput,
  TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Operations, ServiceError } from '../aws/operation.ts';
import {
  describeListener,
  describeLoadBalancer,
  describeRule,
  describeTarget,
  describeTargetGroup,
} from './describe.ts';
import type { LoadBalancing } from './load-balancing.ts';
import type { RuleAction } from './rule.ts';
import type { TargetAddress, TargetGroup } from './target-group.ts';

type Output<T> = Omit<T, '$metadata'>;

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Operations.html */
export function loadBalancingOperations(model: LoadBalancing) {
  return {
    DescribeLoadBalancers: (input: DescribeLoadBalancersCommandInput): Output<DescribeLoadBalancersCommandOutput> => ({
      LoadBalancers: selected(
        model.loadBalancers(),
        [
          [input.LoadBalancerArns, (each) => each.arn],
          [input.Names, (each) => each.name],
        ],
        'LoadBalancerNotFound',
      ).map(describeLoadBalancer),
    }),
    DescribeListeners: (input: DescribeListenersCommandInput): Output<DescribeListenersCommandOutput> => ({
      Listeners: selected(model.listeners(), [[input.ListenerArns, (each) => each.arn]], 'ListenerNotFound')
        .filter((each) => input.LoadBalancerArn === undefined || each.loadBalancer.arn === input.LoadBalancerArn)
        .map((each) => describeListener(each, model)),
    }),
    DescribeRules: (input: DescribeRulesCommandInput): Output<DescribeRulesCommandOutput> => ({
      Rules: selected(model.rules(input.ListenerArn), [[input.RuleArns, (each) => each.arn]], 'RuleNotFound').map(
        describeRule,
      ),
    }),
    ModifyRule: (input: ModifyRuleCommandInput): Output<ModifyRuleCommandOutput> => modifyRule(model, input),
    DescribeTargetGroups: (input: DescribeTargetGroupsCommandInput): Output<DescribeTargetGroupsCommandOutput> => ({
      TargetGroups: selected(
        model.targetGroups(),
        [
          [input.TargetGroupArns, (each) => each.arn],
          [input.Names, (each) => each.settings.name],
        ],
        'TargetGroupNotFound',
      )
        .filter(
          ({ arn }) => input.LoadBalancerArn === undefined || model.balancerOf(arn)?.arn === input.LoadBalancerArn,
        )
        .map((each) => describeTargetGroup(each, model)),
    }),
    DescribeTargetHealth: (input: DescribeTargetHealthCommandInput): Output<DescribeTargetHealthCommandOutput> => {
      const group = model.targetGroup(input.TargetGroupArn ?? '');
      const wanted = input.Targets === undefined ? group.addresses() : addresses(group, input.Targets);
      return { TargetHealthDescriptions: wanted.map((address) => describeTarget(group, address)) };
    },
    RegisterTargets: (input: RegisterTargetsCommandInput) => {
      const group = model.targetGroup(input.TargetGroupArn ?? '');
      for (const address of addresses(group, input.Targets ?? [])) group.register(address);
      return {};
    },
    DeregisterTargets: (input: DeregisterTargetsCommandInput) => {
      const group = model.targetGroup(input.TargetGroupArn ?? '');
      for (const address of addresses(group, input.Targets ?? [])) group.deregister(address);
      return {};
    },
  } satisfies Operations;
}

/** Those that every given list of names names; a name that names none is an error. */
function selected<T>(
  all: readonly T[],
  filters: readonly (readonly [readonly string[] | undefined, (each: T) => string])[],
  notFound: string,
): readonly T[] {
  let left = all;
  for (const [names, nameOf] of filters) {
    if (names === undefined) continue;
    for (const name of names) {
      if (!left.some((each) => nameOf(each) === name)) throw new ServiceError(notFound, `There is no '${name}'.`);
    }
    left = left.filter((each) => names.includes(nameOf(each)));
  }
  return left;
}

function addresses(group: TargetGroup, targets: readonly TargetDescription[]): TargetAddress[] {
  return targets.map(({ Id, Port }) => ({ ip: Id ?? '', port: Port ?? group.settings.port }));
}

function modifyRule(model: LoadBalancing, input: ModifyRuleCommandInput): Output<ModifyRuleCommandOutput> {
  const arn = input.RuleArn ?? '';
  const current = model.rules().find((rule) => rule.arn === arn);
  if (current?.priority === 'default') {
    throw new ServiceError('OperationNotPermitted', `Default rule '${arn}' cannot be modified; modify its listener.`);
  }
  if (input.Conditions !== undefined) {
    throw new ServiceError('ValidationError', 'The stage changes the actions of a rule, not its conditions.');
  }
  const [action] = input.Actions ?? [];
  if (action === undefined) throw new ServiceError('ValidationError', 'An action must be specified.');
  return { Rules: [describeRule(model.modifyRule(arn, { action: forwardAction(action) }))] };
}

function forwardAction(action: Action): RuleAction {
  if (action.Type !== 'forward') {
    throw new ServiceError('ValidationError', `The stage sets forward actions of a rule, not ${action.Type}.`);
  }
  const groups = action.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn }];
  return {
    kind: 'forward',
    groups: groups.map(({ TargetGroupArn, Weight }) => ({ targetGroup: TargetGroupArn ?? '', weight: Weight ?? 1 })),
  };
}
