import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { loadBalancerDimension } from './elb.ts';

const client = new EC2Client({});

/**
 * Private addresses of the load balancer's nodes. Their interfaces are told by the description
 * `ELB app/<name>/<id>` (https://repost.aws/knowledge-center/elb-find-load-balancer-IP); an
 * internet-facing load balancer's name would resolve to public addresses.
 */
export async function loadBalancerAddresses(loadBalancerArn: string): Promise<string[]> {
  const { NetworkInterfaces } = await client.send(
    new DescribeNetworkInterfacesCommand({
      Filters: [{ Name: 'description', Values: [`ELB ${loadBalancerDimension(loadBalancerArn)}`] }],
    }),
  );
  return (NetworkInterfaces ?? []).flatMap((each) => (each.PrivateIpAddress ? [each.PrivateIpAddress] : []));
}
