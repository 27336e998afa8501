import { createHash } from 'node:crypto';
import type {
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesResult,
  Filter,
} from '@aws-sdk/client-ec2';
import { like } from '../aws/iam/policy.ts';
import { type Operations, ServiceError } from '../aws/operation.ts';

export interface NetworkInterface {
  /** `ELB app/<name>/<id>` for a load balancer's. */
  readonly description: string;
  readonly privateIp: string;
  readonly subnet: string;
}

const filters: Readonly<Record<string, (face: NetworkInterface) => string>> = {
  description: ({ description }) => description,
  'addresses.private-ip-address': ({ privateIp }) => privateIp,
  'private-ip-address': ({ privateIp }) => privateIp,
  'subnet-id': ({ subnet }) => subnet,
};

/** Elastic network interfaces: who has which private address. */
export class NetworkInterfaces {
  readonly #interfaces = new Map<string, NetworkInterface>();

  /** Attaches an interface; its address is its own. */
  attach(face: NetworkInterface): void {
    this.#interfaces.set(face.privateIp, face);
  }

  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
  operations(): Operations {
    return {
      DescribeNetworkInterfaces: ({
        Filters = [],
      }: DescribeNetworkInterfacesCommandInput): DescribeNetworkInterfacesResult => {
        const found = [...this.#interfaces.values()].filter((face) => Filters.every((filter) => passes(filter, face)));
        return {
          NetworkInterfaces: found.map(({ description, privateIp, subnet }) => ({
            NetworkInterfaceId: `eni-0${createHash('sha256').update(privateIp).digest('hex').slice(0, 16)}`,
            Description: description,
            PrivateIpAddress: privateIp,
            SubnetId: subnet,
            Status: 'in-use',
            PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: privateIp }],
          })),
        };
      },
    };
  }
}

/** Values of a filter may have wildcards: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
function passes({ Name = '', Values = [] }: Filter, face: NetworkInterface): boolean {
  const property = filters[Name];
  if (property === undefined) {
    const known = Object.keys(filters).join(', ');
    throw new ServiceError('InvalidParameterValue', `The stage does not know the filter '${Name}'; it knows ${known}.`);
  }
  return Values.some((value) => like(property(face), value));
}
