import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import { AddressPool } from '../../../local/ecs/address-pool.ts';
import { Ecs } from '../../../local/ecs/ecs.ts';
import { elbTargetGroups } from '../../../local/ecs/elb-target-groups.ts';
import { ecsOperations } from '../../../local/ecs/operations.ts';
import type { SecretSource } from '../../../local/ecs/secrets.ts';
import type { Service } from '../../../local/ecs/service.ts';
import { LoadBalancing } from '../../../local/elb/load-balancing.ts';
import { type Behaviour, simulatedImage } from '../../../local/simulation/behaviours.ts';
import { SimulatedNetwork } from '../../../local/simulation/simulated-network.ts';
import { SimulatedRuntime } from '../../../local/simulation/simulated-runtime.ts';

const place = { region: 'us-east-1', account: '111111111111' };
export const seconds = 1000;
export const port = 7007;
export const subnets = ['subnet-1', 'subnet-2'];
export const network = { awsvpcConfiguration: { subnets, securityGroups: ['sg-1'] } };

/** ECS and the load balancer with simulated images: `good@…`, `crash@…` and so on behave as their names say. */
export function world() {
  const clock = new VirtualClock(Date.parse('2026-01-05T09:00:00Z'));
  const printed: string[] = [];
  const runtime = new SimulatedRuntime(clock, (image) => {
    const name = image.split('@')[0] ?? '';
    if (name === 'missing') return undefined;
    return simulatedImage(isBehaviour(name) ? name : 'good', {
      readiness: '/ready',
      liveness: '/live',
      pages: [],
      commands: [
        { words: ['status'], seconds: 4, run: () => ({ exitCode: 0, output: ['starting', '{"plugins":[]}'] }) },
        { words: ['fail'], seconds: 1, run: () => ({ exitCode: 3, output: [] }) },
      ],
    });
  });
  const addresses = new AddressPool();
  const vpc: SimulatedNetwork = new SimulatedNetwork(runtime, () => null);
  const elb = new LoadBalancing({
    clock,
    ...place,
    network: vpc,
    putMetric: () => undefined,
    allocateAddress: () => addresses.allocate(),
    random: () => 0,
  });
  const ecs = new Ecs({
    clock,
    ...place,
    runtime,
    addresses,
    readSecret,
    log: (group, stream, line) => printed.push(`${group} ${stream} ${line}`),
    targetGroups: elbTargetGroups(elb),
  });
  ecs.createCluster('understudy');
  const balancer = elb.createLoadBalancer({ name: 'alb', scheme: 'internet-facing', subnets, securityGroups: [] });
  const listener = elb.createListener(balancer.arn, 80, 'HTTP', {
    kind: 'fixed',
    status: 404,
    body: '',
    contentType: 'text/plain',
  });
  const group = (name: string) =>
    elb.createTargetGroup({
      name,
      protocol: 'HTTP',
      port,
      vpcId: 'vpc-1',
      deregistrationDelaySeconds: 20,
      healthCheck: {
        enabled: true,
        path: '/ready',
        port: 'traffic-port',
        intervalSeconds: 5,
        timeoutSeconds: 3,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
        matcher: '200',
      },
    });
  const a = group('a');
  const b = group('b');
  elb.createRule({
    listener: listener.arn,
    priority: 10,
    conditions: [{ field: 'host-header', patterns: ['backstage.localhost'] }],
    action: {
      kind: 'forward',
      groups: [
        { targetGroup: a.arn, weight: 100 },
        { targetGroup: b.arn, weight: 0 },
      ],
    },
  });
  const register = (image: string, changes: object = {}) =>
    ecs.register({
      family: 'backstage',
      networkMode: 'awsvpc',
      cpu: '512',
      memory: '1024',
      containerDefinitions: [
        {
          name: 'backstage',
          image,
          portMappings: [{ containerPort: port }],
          environment: [{ name: 'PORT', value: String(port) }],
          stopTimeout: 30,
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-group': '/understudy/backstage', 'awslogs-stream-prefix': 'backstage' },
          },
          ...changes,
        },
      ],
    });
  const createService = (desiredCount = 1): Service =>
    ecs.createService({
      cluster: 'understudy',
      name: 'backstage',
      taskDefinition: 'backstage',
      desiredCount,
      healthCheckGracePeriodSeconds: 60,
      platformVersion: '1.4.0',
      network,
      role: undefined,
      loadBalancer: { targetGroup: a.arn, containerName: 'backstage', containerPort: port },
    });
  return { clock, runtime, elb, ecs, a, b, printed, register, createService, operations: ecsOperations(ecs) };
}

function isBehaviour(name: string): name is Behaviour {
  return ['good', 'crash', 'hang', 'errors', 'slow', 'zombie', 'late'].includes(name);
}

function readSecret(source: SecretSource): string {
  if (source.kind === 'parameter') return `parameter ${source.name}`;
  if (source.secretId.includes('gone')) throw new Error('ResourceNotFoundException: no such secret');
  return '{"username":"postgres","port":5432}';
}
