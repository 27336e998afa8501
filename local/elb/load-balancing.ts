import { createHash } from 'node:crypto';
import { ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import type { Network } from '../network/network.ts';
import type { DataPlane, Route } from './data-plane.ts';
import { appliesTo, checkWeights, inOrder, pickGroup, type Rule, type RuleAction, type WeightedGroup } from './rule.ts';
import { type TargetAddress, TargetGroup, type TargetGroupSettings } from './target-group.ts';
import { hostMetrics, type PutMetric, type TrafficDimensions, trafficMetrics } from './traffic-metrics.ts';

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly fullName: string;
  readonly dnsName: string;
  readonly scheme: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  /** One private address in each of its subnets. */
  readonly privateIps: readonly string[];
}

export interface Listener {
  readonly arn: string;
  readonly loadBalancer: LoadBalancer;
  readonly port: number;
  readonly protocol: string;
}

export interface LoadBalancingOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly account: string;
  /** Carries the health checks. */
  readonly network: Network;
  readonly putMetric: PutMetric;
  /** Gives a free private address of the VPC. */
  readonly allocateAddress: () => string;
  /** At least 0 and less than 1; decides between weighted target groups. */
  readonly random: () => number;
}

export type HealthListener = (targetGroup: string, address: TargetAddress) => void;

const minuteMs = 60_000;

/** Application load balancers with their listeners, rules and target groups, and the traffic through them. */
export class LoadBalancing implements DataPlane {
  readonly #options: LoadBalancingOptions;
  readonly #loadBalancers = new Map<string, LoadBalancer>();
  readonly #listeners = new Map<string, Listener>();
  readonly #rules = new Map<string, Rule>();
  /** Rules by listener, sorted; forgotten when a rule changes. */
  readonly #inOrder = new Map<string | undefined, readonly Rule[]>();
  readonly #targetGroups = new Map<string, TargetGroup>();
  readonly #healthListeners: HealthListener[] = [];
  readonly #balancerOfRoute = new WeakMap<Route, LoadBalancer>();
  readonly #dimensions = new Map<string, TrafficDimensions>();

  constructor(options: LoadBalancingOptions) {
    this.#options = options;
    this.#countHosts();
  }

  createLoadBalancer(input: Pick<LoadBalancer, 'name' | 'scheme' | 'subnets' | 'securityGroups'>): LoadBalancer {
    const fullName = `app/${input.name}/${identifier('loadbalancer', input.name)}`;
    const loadBalancer: LoadBalancer = {
      ...input,
      arn: this.#arn(`loadbalancer/${fullName}`),
      fullName,
      dnsName: `${input.name}-${identifier('dns', input.name).slice(0, 9)}.${this.#options.region}.elb.amazonaws.com`,
      privateIps: input.subnets.map(() => this.#options.allocateAddress()),
    };
    this.#loadBalancers.set(loadBalancer.arn, loadBalancer);
    return loadBalancer;
  }

  createListener(loadBalancerArn: string, port: number, protocol: string, defaultAction: RuleAction): Listener {
    const loadBalancer = found(this.#loadBalancers, loadBalancerArn, 'LoadBalancerNotFound', 'load balancer');
    const taken = this.listeners().find((listener) => listener.port === port);
    if (taken !== undefined) {
      throw new ServiceError('DuplicateListener', `The stage has one listener for a port; ${taken.arn} has ${port}.`);
    }
    const suffix = `${loadBalancer.fullName}/${identifier('listener', `${loadBalancer.name}:${port}`)}`;
    const listener = { arn: this.#arn(`listener/${suffix}`), loadBalancer, port, protocol };
    this.#listeners.set(listener.arn, listener);
    const arn = this.#arn(`listener-rule/${suffix}/${identifier('rule', `${suffix}/default`)}`);
    this.#setRule({ arn, listener: listener.arn, priority: 'default', conditions: [], action: defaultAction });
    return listener;
  }

  createRule(input: Omit<Rule, 'arn'> & { readonly priority: number }): Rule {
    const listener = found(this.#listeners, input.listener, 'ListenerNotFound', 'listener');
    const taken = this.rules(input.listener).find((rule) => rule.priority === input.priority);
    if (taken !== undefined) {
      throw new ServiceError('PriorityInUse', `Priority '${input.priority}' is currently in use by ${taken.arn}.`);
    }
    const suffix = listener.arn.slice(listener.arn.indexOf(':listener/') + ':listener/'.length);
    const arn = this.#arn(`listener-rule/${suffix}/${identifier('rule', `${suffix}/${input.priority}`)}`);
    return this.#setRule({ ...input, arn });
  }

  /** Changes what is given, and keeps the rest (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html). */
  modifyRule(arn: string, change: Partial<Pick<Rule, 'conditions' | 'action'>>): Rule {
    return this.#setRule({ ...found(this.#rules, arn, 'RuleNotFound', 'rule'), ...change });
  }

  setForward(arn: string, groups: readonly WeightedGroup[]): Rule {
    return this.modifyRule(arn, { action: { kind: 'forward', groups } });
  }

  createTargetGroup(settings: TargetGroupSettings): TargetGroup {
    const arn = this.#arn(`targetgroup/${settings.name}/${identifier('targetgroup', settings.name)}`);
    const group = new TargetGroup(arn, settings, {
      clock: this.#options.clock,
      network: this.#options.network,
      onHealthChange: ({ arn: changed }, address) => {
        for (const listener of this.#healthListeners) listener(changed, address);
      },
    });
    this.#targetGroups.set(arn, group);
    return group;
  }

  loadBalancers(): readonly LoadBalancer[] {
    return [...this.#loadBalancers.values()];
  }

  listeners(): readonly Listener[] {
    return [...this.#listeners.values()];
  }

  /** The listener's rules in the order in which they are evaluated; all rules without a listener. */
  rules(listener?: string): readonly Rule[] {
    const known = this.#inOrder.get(listener);
    if (known !== undefined) return known;
    const rules = inOrder(
      [...this.#rules.values()].filter((rule) => listener === undefined || rule.listener === listener),
    );
    this.#inOrder.set(listener, rules);
    return rules;
  }

  targetGroups(): readonly TargetGroup[] {
    return [...this.#targetGroups.values()];
  }

  /** @throws TargetGroupNotFound */
  targetGroup(arn: string): TargetGroup {
    return found(this.#targetGroups, arn, 'TargetGroupNotFound', 'target group');
  }

  /** The load balancer that forwards to the target group, even if at weight 0. */
  balancerOf(targetGroup: string): LoadBalancer | undefined {
    const rule = this.rules().find(({ action }) => forwardsTo(action, targetGroup));
    return rule && this.#listeners.get(rule.listener)?.loadBalancer;
  }

  /** Tells of every target whose status a health check has changed. */
  onHealthChange(listener: HealthListener): void {
    this.#healthListeners.push(listener);
  }

  listenerPorts(): readonly number[] {
    return this.listeners().map((listener) => listener.port);
  }

  route(listenerPort: number, request: { readonly host: string; readonly path: string }): Route {
    const listener = this.listeners().find((each) => each.port === listenerPort);
    if (listener === undefined) {
      throw new Error(`No listener on port ${listenerPort}; there are ${this.listenerPorts().join(', ') || 'none'}.`);
    }
    const rule = this.rules(listener.arn).find((each) => appliesTo(each, request));
    const route = this.#follow(rule?.action);
    this.#balancerOfRoute.set(route, listener.loadBalancer);
    return route;
  }

  record(route: Route, outcome: { readonly status: number | null; readonly ms: number }): void {
    const loadBalancer = this.#balancerOfRoute.get(route);
    if (loadBalancer === undefined) throw new Error('A request is recorded with the very route that it was given.');
    const dimensions = this.#dimensionsOf(loadBalancer.fullName, route.targetGroup);
    for (const datum of trafficMetrics(route, outcome, dimensions)) this.#options.putMetric(datum);
  }

  /** The same objects each time, which the metric store looks up faster. */
  #dimensionsOf(LoadBalancer: string, targetGroup: string | null): TrafficDimensions {
    const key = `${LoadBalancer} ${targetGroup}`;
    const known = this.#dimensions.get(key);
    if (known !== undefined) return known;
    const ofGroup = targetGroup === null ? null : { LoadBalancer, TargetGroup: this.targetGroup(targetGroup).fullName };
    const made = { ofBalancer: { LoadBalancer }, ofGroup };
    this.#dimensions.set(key, made);
    return made;
  }

  #follow(action: RuleAction | undefined): Route {
    if (action === undefined) return { kind: 'fixed', status: 404, body: '', targetGroup: null };
    if (action.kind === 'fixed') {
      return { kind: 'fixed', status: action.status, body: action.body, targetGroup: null };
    }
    if (action.kind === 'redirect') return { kind: 'fixed', status: action.status, body: '', targetGroup: null };
    const picked = pickGroup(action.groups, this.#options.random());
    const target = picked === null ? null : this.targetGroup(picked).nextTarget();
    if (picked !== null && target !== null) return { kind: 'forward', targetGroup: picked, ...target };
    // "503: the target groups for the load balancer have no registered targets"
    // (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-503-issues)
    return { kind: 'fixed', status: 503, body: '', targetGroup: picked ?? action.groups[0]?.targetGroup ?? null };
  }

  #setRule(rule: Rule): Rule {
    this.#inOrder.clear();
    if (rule.action.kind === 'forward') {
      for (const { targetGroup } of rule.action.groups) this.targetGroup(targetGroup);
      checkWeights(rule.action.groups);
    }
    this.#rules.set(rule.arn, rule);
    for (const group of this.#targetGroups.values()) group.use(this.balancerOf(group.arn) !== undefined);
    return rule;
  }

  /** In the middle of each minute, where a late timer still hits the right one. */
  #countHosts(): void {
    const { clock, putMetric } = this.#options;
    const half = minuteMs / 2;
    const middle = Math.floor((clock.now() + half) / minuteMs) * minuteMs + half;
    clock.after(middle - clock.now(), () => {
      for (const group of this.targetGroups()) {
        const LoadBalancer = this.balancerOf(group.arn)?.fullName;
        if (LoadBalancer === undefined || group.addresses().length === 0) continue;
        const hosts = { healthy: group.count('healthy'), unhealthy: group.count('unhealthy') };
        for (const datum of hostMetrics({ LoadBalancer, TargetGroup: group.fullName }, hosts)) putMetric(datum);
      }
      this.#countHosts();
    });
  }

  #arn(resource: string): string {
    const { region, account } = this.#options;
    return `arn:aws:elasticloadbalancing:${region}:${account}:${resource}`;
  }
}

export function forwardsTo(action: RuleAction, targetGroup: string): boolean {
  return action.kind === 'forward' && action.groups.some((group) => group.targetGroup === targetGroup);
}

function found<T>(all: ReadonlyMap<string, T>, arn: string, code: string, what: string): T {
  const one = all.get(arn);
  if (one === undefined) throw new ServiceError(code, `There is no ${what} '${arn}'.`);
  return one;
}

/** Sixteen hexadecimal digits that are the same in every run. */
function identifier(kind: string, name: string): string {
  return createHash('sha256').update(`${kind}/${name}`).digest('hex').slice(0, 16);
}
