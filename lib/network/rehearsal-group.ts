import { Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { NetworkStack } from './network-stack.ts';

/**
 * Seals the group of tasks that run on a scratch copy of the database: a copied job, which may think
 * that it has to open a pull request, must never reach the world. They reach the database, and what ECS
 * needs to start them: the endpoints in the VPC and, by its prefix list, S3 with the image's layers
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html#vpc-endpoints-s3-considerations).
 *
 * An environment without interface endpoints starts its tasks through NAT: there HTTPS is open.
 *
 * @param port that the service's container listens on
 */
export function sealRehearsal(group: SecurityGroup, network: NetworkStack, port: number): void {
  group.connections.allowFrom(network.proberGroup, Port.tcp(port), 'Probes a version on the copy');
  group.connections.allowTo(network.databaseGroup, Port.tcp(5432), 'Scratch copy of the data');
  network.allowStarting(group);
}
