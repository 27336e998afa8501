import { beforeEach, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import type { MetricDatum } from '../../../local/cloudwatch/metric.ts';
import { LoadBalancing } from '../../../local/elb/load-balancing.ts';
import { loadBalancingOperations } from '../../../local/elb/operations.ts';
import type { Rule } from '../../../local/elb/rule.ts';
import type { TargetGroup } from '../../../local/elb/target-group.ts';
import { StubNetwork, seeded } from './network-stub.ts';

const seconds = 1000;
const host = 'backstage.example.com';
const healthCheck = {
  enabled: true,
  path: '/health',
  port: 'traffic-port',
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 3,
  unhealthyThreshold: 2,
  matcher: '200',
};

const address = (last: number) => ({ ip: `10.0.0.${last}`, port: 7007 });

let clock: VirtualClock;
let network: StubNetwork;
let metrics: MetricDatum[];
let elb: LoadBalancing;
let listener: string;
let a: TargetGroup;
let b: TargetGroup;

function group(name: string): TargetGroup {
  const settings = { name, protocol: 'HTTP', port: 7007, vpcId: 'vpc', healthCheck, deregistrationDelaySeconds: 30 };
  return elb.createTargetGroup(settings);
}

function rule(
  priority: number,
  patterns: readonly string[],
  groups: readonly (readonly [TargetGroup, number])[],
): Rule {
  return elb.createRule({
    listener,
    priority,
    conditions: [{ field: 'host-header', patterns }],
    action: { kind: 'forward', groups: groups.map(([{ arn }, weight]) => ({ targetGroup: arn, weight })) },
  });
}

function register(targetGroup: TargetGroup, last: number, status = 200): void {
  network.statuses.set(`10.0.0.${last}:7007`, status);
  targetGroup.register(address(last));
}

const status = (targetGroup: TargetGroup, last: number) => targetGroup.status(address(last))?.status;

const total = (name: string, dimensions: Readonly<Record<string, string>>) =>
  metrics
    .filter((datum) => datum.name === name && JSON.stringify(datum.dimensions) === JSON.stringify(dimensions))
    .reduce((sum, datum) => sum + datum.value, 0);

/** How many of a number of requests went where. */
function tally(requests: number, path = '/'): Map<string, number> {
  const seen = new Map<string, number>();
  for (let request = 0; request < requests; request += 1) {
    const route = elb.route(80, { host, path });
    const key = route.kind === 'forward' ? route.ip : `${route.status}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return seen;
}

beforeEach(() => {
  clock = new VirtualClock(0);
  network = new StubNetwork();
  metrics = [];
  let addresses = 0;
  elb = new LoadBalancing({
    clock,
    region: 'us-east-1',
    account: '111111111111',
    network,
    putMetric: (datum) => metrics.push(datum),
    allocateAddress: () => {
      addresses += 1;
      return `10.0.1.${addresses}`;
    },
    random: seeded(1),
  });
  const balancer = elb.createLoadBalancer({
    name: 'understudy-local',
    scheme: 'internet-facing',
    subnets: ['subnet-1', 'subnet-2'],
    securityGroups: [],
  });
  const missing = { kind: 'fixed', status: 404, body: 'No such service', contentType: 'text/plain' } as const;
  listener = elb.createListener(balancer.arn, 80, 'HTTP', missing).arn;
  a = group('a');
  b = group('b');
});

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
describe('listener rules', () => {
  test('answer with the listener’s own action when none applies', () => {
    rule(10, ['other.example.com'], [[a, 1]]);
    expect(elb.route(80, { host, path: '/' })).toEqual({
      kind: 'fixed',
      status: 404,
      body: 'No such service',
      targetGroup: null,
    });
  });

  test('apply in the order of their priority, on host names without port and case, and on path patterns', () => {
    register(a, 1);
    register(b, 2);
    rule(20, ['*.example.com'], [[a, 1]]);
    elb.createRule({
      listener,
      priority: 10,
      conditions: [
        { field: 'host-header', patterns: ['backstage.?xample.com'] },
        { field: 'path-pattern', patterns: ['/api/*'] },
      ],
      action: { kind: 'forward', groups: [{ targetGroup: b.arn, weight: 1 }] },
    });
    const to = (name: string, path: string) => {
      const route = elb.route(80, { host: name, path });
      return route.kind === 'forward' ? route.targetGroup : route.status;
    };
    expect(to('Backstage.EXAMPLE.com:8080', '/api/catalog?x=1')).toBe(b.arn);
    expect(to('backstage.example.com', '/API/catalog')).toBe(a.arn);
    expect(to('example.com', '/')).toBe(404);
  });

  test('cannot share a priority', () => {
    rule(10, [host], [[a, 1]]);
    expect(() => rule(10, [host], [[b, 1]])).toThrow(expect.objectContaining({ code: 'PriorityInUse' }));
  });
});

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#forward-actions
describe('weighted forwards', () => {
  test.each([
    [90, 10],
    [50, 50],
    [100, 0],
    [1, 3],
  ])('split %i to %i within four standard deviations', (first, second) => {
    register(a, 1);
    register(b, 2);
    rule(
      10,
      [host],
      [
        [a, first],
        [b, second],
      ],
    );
    const requests = 10_000;
    const share = second / (first + second);
    const tolerance = 4 * Math.sqrt(requests * share * (1 - share));
    const toB = tally(requests).get('10.0.0.2') ?? 0;
    expect(Math.abs(toB - requests * share)).toBeLessThanOrEqual(tolerance);
  });

  test('do not fail over from a group without a target: its share gets 503', async () => {
    register(a, 1);
    rule(
      10,
      [host],
      [
        [a, 50],
        [b, 50],
      ],
    );
    await clock.advance(5 * seconds);
    const seen = tally(1000);
    expect(seen.get('503')).toBeGreaterThan(400);
    expect(seen.get('503')).toBeLessThan(600);
    expect(elb.rules(listener)[0]?.action.kind).toBe('forward');
  });

  test('are replaced by ModifyRule, which knows only existing groups and weights up to 999', () => {
    const operations = loadBalancingOperations(elb);
    const { arn } = rule(10, [host], [[a, 1]]);
    const modified = (TargetGroups: { TargetGroupArn: string; Weight: number }[]) =>
      operations.ModifyRule({ RuleArn: arn, Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] });
    modified([
      { TargetGroupArn: b.arn, Weight: 100 },
      { TargetGroupArn: a.arn, Weight: 0 },
    ]);
    register(a, 1);
    register(b, 2);
    expect(tally(50)).toEqual(new Map([['10.0.0.2', 50]]));
    expect(() => modified([{ TargetGroupArn: 'gone', Weight: 1 }])).toThrow("There is no target group 'gone'");
    expect(() => modified([{ TargetGroupArn: a.arn, Weight: 1000 }])).toThrow('from 0 to 999, not 1000');
  });
});

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
describe('targets', () => {
  test('are unused, and not checked, until a rule forwards to their group, even if at weight 0', async () => {
    register(a, 1);
    register(b, 2);
    await clock.advance(60 * seconds);
    expect(status(b, 2)).toBe('unused');
    expect(network.requests).toEqual([]);
    rule(
      10,
      [host],
      [
        [a, 100],
        [b, 0],
      ],
    );
    await clock.advance(2 * seconds);
    expect([status(a, 1), status(b, 2)]).toEqual(['healthy', 'healthy']);
    expect(network.requests[0]).toMatchObject({
      path: '/health',
      headers: { host: '10.0.0.1:7007', 'user-agent': 'ELB-HealthChecker/2.0' },
    });
  });

  test('get requests in turn while healthy; an unhealthy one gets none while another is healthy', async () => {
    rule(10, [host], [[a, 1]]);
    register(a, 1);
    register(a, 2);
    register(a, 3, 503);
    await clock.advance(15 * seconds);
    expect(status(a, 3)).toBe('unhealthy');
    expect(tally(10)).toEqual(
      new Map([
        ['10.0.0.1', 5],
        ['10.0.0.2', 5],
      ]),
    );
  });

  test('all get requests when none is healthy: the load balancer fails open', async () => {
    rule(10, [host], [[a, 1]]);
    register(a, 1, 503);
    register(a, 2, 500);
    await clock.advance(15 * seconds);
    expect(a.count('unhealthy')).toBe(2);
    expect([...tally(10).keys()].toSorted()).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  test('come back after three good checks', async () => {
    rule(10, [host], [[a, 1]]);
    register(a, 1, 503);
    await clock.advance(12 * seconds);
    expect(status(a, 1)).toBe('unhealthy');
    network.statuses.set('10.0.0.1:7007', 200);
    await clock.advance(20 * seconds);
    expect(status(a, 1)).toBe('unhealthy');
    await clock.advance(10 * seconds);
    expect(status(a, 1)).toBe('healthy');
  });

  test('get no more requests once deregistered, and are shown as draining for the delay (edit-target-group-attributes.html)', async () => {
    rule(10, [host], [[a, 1]]);
    register(a, 1);
    register(a, 2);
    await clock.advance(2 * seconds);
    a.deregister(address(1));
    expect(status(a, 1)).toBe('draining');
    expect(tally(10)).toEqual(new Map([['10.0.0.2', 10]]));
    await clock.advance(29 * seconds);
    expect(status(a, 1)).toBe('draining');
    await clock.advance(1 * seconds);
    expect(status(a, 1)).toBeUndefined();
  });

  test('tell who listens when their health changes', async () => {
    const changes: string[] = [];
    elb.onHealthChange((arn, { ip }) => changes.push(`${ip} ${elb.targetGroup(arn).status(address(1))?.status}`));
    rule(10, [host], [[a, 1]]);
    register(a, 1);
    await clock.advance(2 * seconds);
    network.statuses.delete('10.0.0.1:7007');
    await clock.advance(20 * seconds);
    expect(changes).toEqual(['10.0.0.1 healthy', '10.0.0.1 unhealthy']);
  });
});

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
describe('metrics', () => {
  test('count requests and answers of the load balancer and of each target group', () => {
    rule(10, [host], [[a, 1]]);
    register(a, 1);
    const LoadBalancer = elb.loadBalancers()[0]?.fullName ?? '';
    const both = { LoadBalancer, TargetGroup: a.fullName };
    for (const answer of [200, 204, 404, 500, 503, null]) {
      elb.record(elb.route(80, { host, path: '/' }), { status: answer, ms: 250 });
    }
    expect(LoadBalancer).toMatch(/^app\/understudy-local\/[0-9a-f]{16}$/);
    expect(a.fullName).toMatch(/^targetgroup\/a\/[0-9a-f]{16}$/);
    expect(total('RequestCount', both)).toBe(6);
    expect(total('RequestCount', { LoadBalancer })).toBe(6);
    expect(total('HTTPCode_Target_2XX_Count', both)).toBe(2);
    expect(total('HTTPCode_Target_4XX_Count', both)).toBe(1);
    expect(total('HTTPCode_Target_5XX_Count', both)).toBe(2);
    expect(total('TargetResponseTime', both)).toBeCloseTo(5 * 0.25);
    expect(total('TargetConnectionErrorCount', both)).toBe(1);
    expect(total('HTTPCode_ELB_5XX_Count', { LoadBalancer })).toBe(1);
  });

  test('count an answer of the load balancer itself apart from those of targets', () => {
    rule(10, [host], [[a, 1]]);
    const LoadBalancer = elb.loadBalancers()[0]?.fullName ?? '';
    elb.record(elb.route(80, { host, path: '/' }), { status: 503, ms: 0 });
    elb.record(elb.route(80, { host: 'nobody', path: '/' }), { status: 404, ms: 0 });
    expect(total('HTTPCode_ELB_503_Count', { LoadBalancer })).toBe(1);
    expect(total('HTTP_Fixed_Response_Count', { LoadBalancer })).toBe(1);
    expect(total('RequestCount', { LoadBalancer })).toBe(0);
  });

  test('count hosts once a minute for a group with targets', async () => {
    rule(
      10,
      [host],
      [
        [a, 1],
        [b, 0],
      ],
    );
    register(a, 1);
    register(a, 2, 503);
    await clock.advance(120 * seconds);
    const LoadBalancer = elb.loadBalancers()[0]?.fullName ?? '';
    expect(total('HealthyHostCount', { LoadBalancer, TargetGroup: a.fullName })).toBe(2);
    expect(total('UnHealthyHostCount', { LoadBalancer, TargetGroup: a.fullName })).toBe(2);
    expect(metrics.some((datum) => datum.dimensions['TargetGroup'] === b.fullName)).toBe(false);
  });
});

describe('operations', () => {
  test('describe rules by ARN, with weights, and the default rule last', () => {
    const operations = loadBalancingOperations(elb);
    const { arn } = rule(
      10,
      [host],
      [
        [a, 100],
        [b, 0],
      ],
    );
    expect(operations.DescribeRules({ RuleArns: [arn] }).Rules).toMatchObject([
      {
        Priority: '10',
        Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ Weight: 100 }, { Weight: 0 }] } }],
      },
    ]);
    expect(operations.DescribeRules({ ListenerArn: listener }).Rules?.map((each) => each.IsDefault)).toEqual([
      false,
      true,
    ]);
    expect(() => operations.DescribeRules({ RuleArns: ['gone'] })).toThrow(
      expect.objectContaining({ code: 'RuleNotFound' }),
    );
  });

  test('describe target health, of all targets or of those asked for', () => {
    const operations = loadBalancingOperations(elb);
    register(a, 1);
    const health = (Targets?: { Id: string; Port: number }[]) =>
      operations.DescribeTargetHealth({ TargetGroupArn: a.arn, Targets }).TargetHealthDescriptions;
    expect(health()).toMatchObject([
      { Target: { Id: '10.0.0.1', Port: 7007 }, TargetHealth: { State: 'unused', Reason: 'Target.NotInUse' } },
    ]);
    expect(health([{ Id: '10.9.9.9', Port: 1 }])).toMatchObject([{ TargetHealth: { Reason: 'Target.NotRegistered' } }]);
  });
});
