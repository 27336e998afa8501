import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  IpAddresses,
  type ISecurityGroup,
  type IVpc,
  NatProvider,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { asInterface } from '../as-interface.ts';
import type { EnvironmentConfig } from '../config/config.ts';
import { listenerPorts } from '../config/ports.ts';
import { acknowledge } from '../nag.ts';
import { serviceEndpoints, storageEndpoint } from './endpoints.ts';

export interface NetworkStackProps extends StackProps {
  readonly config: EnvironmentConfig;
}

const natGateways = { none: () => 0, one: () => 1, 'per-az': (zones: number) => zones };

/**
 * The VPC, and who may talk to whom in it. All security groups are here, so that rules between them
 * never tie two stacks to each other in a circle.
 */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  readonly taskSubnets: SubnetSelection;
  readonly databaseSubnets: SubnetSelection;
  readonly loadBalancerGroup: SecurityGroup;
  readonly proberGroup: SecurityGroup;
  readonly databaseGroup: SecurityGroup;
  private readonly serviceGroups = new Map<string, SecurityGroup>();

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    const { network, services } = props.config;
    const tasksType = network.nat === 'none' ? SubnetType.PRIVATE_ISOLATED : SubnetType.PRIVATE_WITH_EGRESS;
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(network.cidr),
      availabilityZones: [...network.availabilityZones],
      natGateways: natGateways[network.nat](network.availabilityZones.length),
      natGatewayProvider: NatProvider.gateway(),
      // The custom resource that would empty it needs more rights than the unused group gives.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'tasks', subnetType: tasksType, cidrMask: 22 },
        { name: 'database', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
    });
    this.vpc = asInterface<IVpc>(vpc);
    this.taskSubnets = { subnetGroupName: 'tasks' };
    this.databaseSubnets = { subnetGroupName: 'database' };
    this.vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'FlowLogs', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY }),
      ),
    });

    this.loadBalancerGroup = this.group('LoadBalancer', 'Load balancer');
    this.proberGroup = this.group('Prober', 'Prober: asks tasks and load balancer as a user would');
    this.databaseGroup = this.group('Database', 'Database');
    const ports = listenerPorts(props.config);
    for (const port of ports.public) {
      this.loadBalancerGroup.connections.allowFromAnyIpv4(Port.tcp(port), 'Users');
    }
    for (const port of [ports.production, ports.test]) {
      this.loadBalancerGroup.connections.allowFrom(this.proberGroup, Port.tcp(port), 'Prober');
    }
    acknowledge(
      this.loadBalancerGroup,
      'AwsSolutions-EC23',
      'The load balancer is the public way in; the test listener answers the prober only.',
    );

    storageEndpoint(this.vpc, this.taskSubnets);
    const endpointGroup = network.interfaceEndpoints ? this.group('Endpoints', 'Endpoints of AWS services') : null;
    if (endpointGroup !== null) {
      serviceEndpoints(this.vpc, this.taskSubnets, asInterface<ISecurityGroup>(endpointGroup));
    }

    for (const [service, { frozen, task }] of Object.entries(services)) {
      // A task calls the world by itself (source hosts, sign-in): which, is the service's own configuration.
      const group = this.group(`Service-${service}`, `Tasks of ${service}`, { allowAllOutbound: true });
      group.connections.allowFrom(this.loadBalancerGroup, Port.tcp(frozen.port), 'Load balancer');
      group.connections.allowFrom(this.proberGroup, Port.tcp(frozen.port), 'Prober');
      if (task.database !== null)
        this.databaseGroup.connections.allowFrom(group, Port.tcp(5432), `Tasks of ${service}`);
      endpointGroup?.connections.allowFrom(group, Port.tcp(443), `Tasks of ${service}`);
      this.serviceGroups.set(service, group);
    }
  }

  /**
   * The security group of a service's tasks.
   * @throws Error when the configuration has no such service
   */
  serviceGroup(service: string): SecurityGroup {
    const group = this.serviceGroups.get(service);
    if (group !== undefined) return group;
    throw new Error(`No service ${JSON.stringify(service)}; there are ${[...this.serviceGroups.keys()].join(', ')}.`);
  }

  private group(id: string, description: string, { allowAllOutbound = false } = {}): SecurityGroup {
    return new SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound });
  }
}
