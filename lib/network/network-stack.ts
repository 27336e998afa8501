import { Stack, type StackProps } from 'aws-cdk-lib';
import {
  type IPeer,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { asInterface } from '../as-interface.ts';
import type { EnvironmentConfig, ServiceConfig } from '../config/config.ts';
import { listenerPorts } from '../config/ports.ts';
import { acknowledge } from '../nag.ts';
import { serviceEndpoints, storageEndpoint } from './endpoints.ts';
import { sealRehearsal } from './rehearsal-group.ts';
import { StorageAddresses } from './storage-addresses.ts';
import { existingVpc, ownVpc, subnetGroups } from './vpc.ts';

export interface NetworkStackProps extends StackProps {
  readonly config: EnvironmentConfig;
}

const tls = Port.tcp(443);

/**
 * The VPC, and who may talk to whom in it. All security groups are here, so that rules between them
 * never tie two stacks to each other in a circle. Nobody may open a connection that is not in a rule:
 * docs/infrastructure.md has them all in a table.
 */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  readonly taskSubnets: SubnetSelection = { subnetGroupName: subnetGroups.tasks };
  readonly databaseSubnets: SubnetSelection = { subnetGroupName: subnetGroups.database };
  readonly loadBalancerGroup: SecurityGroup;
  readonly proberGroup: SecurityGroup;
  readonly databaseGroup: SecurityGroup;
  /** Null in an environment without a cache. */
  readonly cacheGroup: SecurityGroup | null;
  /** Of the function that makes the users of the database. */
  readonly databaseUsersGroup: SecurityGroup;
  /** Whoever is to reach S3 and nothing else of the world. */
  readonly storage: IPeer;
  private readonly config: EnvironmentConfig;
  private readonly endpoints: IPeer | null;
  private readonly serviceGroups = new Map<string, SecurityGroup>();
  private readonly rehearsalGroups = new Map<string, SecurityGroup>();

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    const { network, services } = props.config;
    this.config = props.config;
    this.vpc = network.existing === null ? ownVpc(this, network) : existingVpc(this, network, network.existing);
    this.storage = new StorageAddresses(this, 'Storage').peer;
    if (network.existing === null) storageEndpoint(this.vpc, this.taskSubnets);
    this.endpoints = this.serviceEndpoints();

    this.loadBalancerGroup = this.group('LoadBalancer', 'Load balancer');
    this.proberGroup = this.group('Prober', 'Prober');
    this.databaseGroup = this.group('Database', 'Database');
    this.cacheGroup = props.config.cache === null ? null : this.group('Cache', 'Cache');
    this.databaseUsersGroup = this.group('DatabaseUsers', 'Maker of database users');
    this.databaseUsersGroup.connections.allowTo(this.databaseGroup, Port.tcp(5432), 'Makes a user for each service');
    this.allowServices(this.databaseUsersGroup, 'Password of the master user');
    this.openLoadBalancer();
    for (const [service, settings] of Object.entries(services)) {
      this.serviceGroups.set(service, this.tasksOf(service, settings));
      if (settings.task.database !== null) this.rehearsalGroups.set(service, this.rehearsalOf(service, settings));
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

  /** The sealed group of a service's tasks on a copy of its data; null for a service without data. */
  rehearsalGroup(service: string): SecurityGroup | null {
    return this.rehearsalGroups.get(service) ?? null;
  }

  /** A group whose members may open and take no connection, until a rule says so. */
  group(id: string, description: string): SecurityGroup {
    return new SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound: false });
  }

  /**
   * What ECS needs to start a task, through the task's own interface: image, secrets, log
   * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-pull-behavior.html).
   */
  allowStarting(group: SecurityGroup): void {
    group.connections.allowTo(this.storage, tls, 'Layers of its image, from S3');
    this.allowServices(group, 'Image, secrets and log of a task');
  }

  /** The services of AWS that have endpoints: those in the VPC, or through NAT. */
  private allowServices(group: SecurityGroup, why: string): void {
    if (this.endpoints !== null) group.connections.allowTo(this.endpoints, tls, why);
    else if (this.config.network.nat !== 'none') group.connections.allowToAnyIpv4(tls, `${why}, by NAT`);
  }

  private openLoadBalancer(): void {
    const ports = listenerPorts(this.config);
    for (const port of ports.public) {
      this.loadBalancerGroup.connections.allowFromAnyIpv4(Port.tcp(port), 'Users');
    }
    this.loadBalancerGroup.connections.allowFrom(
      this.proberGroup,
      Port.tcp(ports.production),
      'Probes the way that users take',
    );
    this.loadBalancerGroup.connections.allowFrom(
      this.proberGroup,
      Port.tcp(ports.test),
      'Probes a new version before users reach it',
    );
    acknowledge(
      this.loadBalancerGroup,
      'AwsSolutions-EC23',
      'The load balancer is the public way in; the test listener answers the prober only.',
    );
  }

  private tasksOf(service: string, { frozen, task }: ServiceConfig): SecurityGroup {
    const group = this.group(`Service-${service}`, `Tasks of ${service}`);
    const port = Port.tcp(frozen.port);
    group.connections.allowFrom(this.loadBalancerGroup, port, 'Requests and health checks');
    group.connections.allowFrom(this.proberGroup, port, 'Probes one task at its own address');
    if (task.database !== null) {
      group.connections.allowTo(this.databaseGroup, Port.tcp(5432), 'Data of the service');
    }
    if (task.cache && this.cacheGroup !== null) {
      group.connections.allowTo(this.cacheGroup, Port.tcp(6379), 'What the service remembers');
    }
    for (const internetPort of task.internetPorts) {
      group.connections.allowToAnyIpv4(Port.tcp(internetPort), 'What the service calls by itself');
    }
    this.allowStarting(group);
    return group;
  }

  private rehearsalOf(service: string, { frozen }: ServiceConfig): SecurityGroup {
    const group = this.group(`Rehearsal-${service}`, `Rehearsals of ${service}`);
    sealRehearsal(group, this, frozen.port);
    return group;
  }

  /** Where AWS services are inside the VPC; null for where they are not. Somebody else's are anywhere in it. */
  private serviceEndpoints(): IPeer | null {
    const { network } = this.config;
    if (!network.interfaceEndpoints) return null;
    if (network.existing !== null) return Peer.ipv4(network.cidr);
    const group = this.group('Endpoints', 'Endpoints of AWS services');
    serviceEndpoints(this.vpc, this.taskSubnets, asInterface<ISecurityGroup>(group));
    return group;
  }
}
