import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import { CloudWatch } from '../../../local/cloudwatch/cloudwatch.ts';
import { CodeDeploy } from '../../../local/codedeploy/codedeploy.ts';
import type { DeploymentGroup } from '../../../local/codedeploy/deployment-group.ts';
import { EcsTaskSets } from '../../../local/codedeploy/ecs-task-sets.ts';
import { ElbRoutes } from '../../../local/codedeploy/elb-routes.ts';
import { codeDeployOperations } from '../../../local/codedeploy/operations.ts';
import { AddressPool } from '../../../local/ecs/address-pool.ts';
import { Ecs } from '../../../local/ecs/ecs.ts';
import { elbTargetGroups } from '../../../local/ecs/elb-target-groups.ts';
import { LoadBalancing } from '../../../local/elb/load-balancing.ts';
import { type Behaviour, behaviours, simulatedImage } from '../../../local/simulation/behaviours.ts';
import { SimulatedNetwork } from '../../../local/simulation/simulated-network.ts';
import { SimulatedRuntime } from '../../../local/simulation/simulated-runtime.ts';
import { SimulatedUsers } from '../../../local/simulation/simulated-users.ts';
import { seeded } from '../elb/network-stub.ts';

const place = { region: 'us-east-1', account: '111111111111' };
const subnets = ['subnet-1', 'subnet-2'];
const host = 'backstage.localhost';
const port = 7007;
export const minute = 60_000;

/**
 * The models of ECS, Elastic Load Balancing, CloudWatch and CodeDeploy with a good version in service, an alarm
 * on its server errors, and users. An image `late@2` behaves as `late`.
 */
export async function account(change: Partial<DeploymentGroup> = {}, requestsPerSecond = 10) {
  const clock = new VirtualClock(Date.parse('2026-01-05T09:00:00Z'));
  const runtime = new SimulatedRuntime(clock, (image) => {
    const behaviour = behaviours.find((name) => image.startsWith(`${name}@`));
    const paths = { readiness: '/ready', liveness: '/live' };
    return behaviour && simulatedImage(behaviour, { ...paths, pages: [], commands: [] });
  });
  const network = new SimulatedNetwork(runtime, () => null);
  const addresses = new AddressPool();
  const cloudWatch = new CloudWatch({ clock, ...place });
  const elb = new LoadBalancing({
    clock,
    ...place,
    network,
    putMetric: (datum) => cloudWatch.put(datum),
    allocateAddress: () => addresses.allocate(),
    random: seeded(7),
  });
  const ecs = new Ecs({
    clock,
    ...place,
    runtime,
    addresses,
    readSecret: () => '',
    log: () => undefined,
    targetGroups: elbTargetGroups(elb),
  });
  const model = new CodeDeploy(clock, {
    taskSets: new EcsTaskSets(ecs),
    routes: new ElbRoutes(elb),
    alarms: { state: (name) => cloudWatch.alarmState(name) },
  });

  const traffic = loadBalancer(elb);
  ecs.createCluster('understudy');
  const register = (image: string) => ecs.register(taskDefinition(image));
  register('good@1');
  ecs.createService({
    cluster: 'understudy',
    name: 'backstage',
    taskDefinition: 'backstage',
    desiredCount: 2,
    healthCheckGracePeriodSeconds: 60,
    platformVersion: '1.4.0',
    network: { awsvpcConfiguration: { subnets } },
    role: undefined,
    loadBalancer: { targetGroup: traffic.a.arn, containerName: 'backstage', containerPort: port },
  });
  cloudWatch.putAlarm(errorsAlarm('errors-b', { LoadBalancer: traffic.balancer, TargetGroup: traffic.b.fullName }));
  model.putGroup({
    application: 'backstage',
    name: 'backstage',
    config: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
    service: { cluster: 'understudy', service: 'backstage' },
    productionListener: traffic.production,
    testListener: traffic.test,
    targetGroups: [traffic.a.arn, traffic.b.arn],
    readyWaitMinutes: 30,
    terminationWaitMinutes: 60,
    alarms: { names: ['errors-b'], ignorePollFailure: false },
    rollbackOn: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
    ...change,
  });

  const operations = codeDeployOperations(model);
  const deploy = (image: Behaviour | `${Behaviour}@${number}`) => {
    const { arn } = register(image.includes('@') ? image : `${image}@2`);
    const { deploymentId } = operations.CreateDeployment({
      applicationName: 'backstage',
      deploymentGroupName: 'backstage',
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec(arn) } },
    });
    return model.deployment(deploymentId);
  };
  const users = new SimulatedUsers({
    clock,
    network,
    dataPlane: elb,
    listenerPort: 80,
    host,
    paths: ['/', '/api/catalog'],
    requestsPerSecond,
    budgetMs: 3000,
    isGreen: (targetGroup) => targetGroup === traffic.b.arn,
  });
  await clock.advance(minute);
  users.start();
  return { clock, runtime, ecs, elb, cloudWatch, model, operations, register, deploy, users, ...traffic };
}

export function appSpec(revision: string): string {
  const Properties = {
    TaskDefinition: revision,
    LoadBalancerInfo: { ContainerName: 'backstage', ContainerPort: port },
  };
  return JSON.stringify({ version: 0.0, Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties } }] });
}

function loadBalancer(elb: LoadBalancing) {
  const { arn, fullName } = elb.createLoadBalancer({ name: 'alb', scheme: 'internal', subnets, securityGroups: [] });
  const healthCheck = {
    enabled: true,
    path: '/ready',
    port: 'traffic-port',
    intervalSeconds: 5,
    timeoutSeconds: 3,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
    matcher: '200',
  };
  const group = (name: string) =>
    elb.createTargetGroup({
      name,
      protocol: 'HTTP',
      port,
      vpcId: 'vpc-1',
      healthCheck,
      deregistrationDelaySeconds: 20,
    });
  const [a, b] = [group('a'), group('b')];
  const listener = (listenerPort: number) => {
    const nothing = { kind: 'fixed', status: 404, body: '', contentType: 'text/plain' } as const;
    const { arn: listenerArn } = elb.createListener(arn, listenerPort, 'HTTP', nothing);
    elb.createRule({
      listener: listenerArn,
      priority: 10,
      conditions: [{ field: 'host-header', patterns: [host] }],
      action: {
        kind: 'forward',
        groups: [
          { targetGroup: a.arn, weight: 100 },
          { targetGroup: b.arn, weight: 0 },
        ],
      },
    });
    return listenerArn;
  };
  return { a, b, balancer: fullName, production: listener(80), test: listener(8080) };
}

function taskDefinition(image: string) {
  return {
    family: 'backstage',
    networkMode: 'awsvpc' as const,
    containerDefinitions: [{ name: 'backstage', image, portMappings: [{ containerPort: port }], stopTimeout: 30 }],
  };
}

function errorsAlarm(name: string, dimensions: Readonly<Record<string, string>>): PutMetricAlarmCommandInput {
  return {
    AlarmName: name,
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: 'Sum',
    Period: 60,
    Threshold: 3,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    TreatMissingData: 'notBreaching',
  };
}
