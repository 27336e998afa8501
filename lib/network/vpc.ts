import { RemovalPolicy } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  IpAddresses,
  type IVpc,
  NatProvider,
  type SubnetConfiguration,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { asInterface } from '../as-interface.ts';
import type { NetworkConfig } from '../config/network-schema.ts';

/** Names of the groups of subnets, one subnet of each in each zone. */
export const subnetGroups = { public: 'public', tasks: 'tasks', database: 'database' } as const;

const natGateways = { none: () => 0, one: () => 1, 'per-az': (zones: number) => zones };
const mostZones = 3;

/** A VPC of its own, with its flow log. */
export function ownVpc(scope: Construct, network: NetworkConfig): IVpc {
  const zones = network.availabilityZones.length;
  const vpc = new Vpc(scope, 'Vpc', {
    ipAddresses: IpAddresses.cidr(network.cidr),
    availabilityZones: [...network.availabilityZones],
    // A zone that is added later finds its addresses free, and moves no subnet that is there.
    reservedAzs: mostZones - zones,
    natGateways: natGateways[network.nat](zones),
    natGatewayProvider: NatProvider.gateway(),
    // The custom resource that would empty it needs more rights than the unused group gives.
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: subnetConfiguration(network),
  });
  vpc.addFlowLog('FlowLog', {
    destination: FlowLogDestination.toCloudWatchLogs(
      new LogGroup(scope, 'FlowLogs', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY }),
    ),
  });
  return asInterface<IVpc>(vpc);
}

function subnetConfiguration({ nat }: NetworkConfig): SubnetConfiguration[] {
  const tasksType = nat === 'none' ? SubnetType.PRIVATE_ISOLATED : SubnetType.PRIVATE_WITH_EGRESS;
  return [
    { name: subnetGroups.public, subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
    { name: subnetGroups.tasks, subnetType: tasksType, cidrMask: 22 },
    { name: subnetGroups.database, subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
  ];
}

/** Somebody else's VPC, by the ids in the configuration: nothing is looked up. */
export function existingVpc(
  scope: Construct,
  { availabilityZones, cidr, nat }: NetworkConfig,
  { vpcId, publicSubnets, taskSubnets, databaseSubnets }: NonNullable<NetworkConfig['existing']>,
): IVpc {
  const sealed = nat === 'none';
  return Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId,
    vpcCidrBlock: cidr,
    availabilityZones: [...availabilityZones],
    publicSubnetIds: [...publicSubnets],
    publicSubnetNames: [subnetGroups.public],
    ...(!sealed && { privateSubnetIds: [...taskSubnets], privateSubnetNames: [subnetGroups.tasks] }),
    isolatedSubnetIds: [...(sealed ? taskSubnets : []), ...databaseSubnets],
    isolatedSubnetNames: [...(sealed ? [subnetGroups.tasks] : []), subnetGroups.database],
  });
}
