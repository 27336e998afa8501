import { z } from 'zod';
import { normalized, overlap, prefixLength } from './cidr.ts';

const subnetId = z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'is no subnet; give ids such as subnet-0123456789abcdef0');

/** Room for a /24, a /22 and a /24 in each of three zones. */
const longestPrefix = 19;
/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const shortestPrefix = 16;

const range = z.cidrv4({ error: 'is no range of addresses; give one such as 10.0.0.0/16', abort: true });

export const networkSchema = z
  .strictObject({
    /** The VPC's addresses: of the one that is made, or of the existing one. */
    cidr: range,
    /** Named here, so that no synthesis asks an account for them. Of an existing VPC: those of its subnets, in their order. */
    availabilityZones: z.array(z.string().min(1)).min(2).max(3),
    /** How tasks reach the internet, the registry of a public bootstrap image among it. Of an existing VPC: what it has. */
    nat: z.enum(['none', 'one', 'per-az']),
    /** Whether tasks reach ECR, logs, secrets and parameters inside the VPC; S3 they always do. */
    interfaceEndpoints: z.boolean(),
    /** Networks that the VPC is, or is to be, connected with: none of their addresses may be its own. */
    peers: z.array(z.strictObject({ name: z.string().min(1), cidr: range })),
    /**
     * A VPC to deploy into, with one subnet of each kind in each zone; null for one of its own. Routes, NAT, flow logs and
     * endpoints, that of S3 among them, are its owner's.
     */
    existing: z
      .strictObject({
        vpcId: z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'is no VPC; give an id such as vpc-0123456789abcdef0'),
        /** For the load balancer. */
        publicSubnets: z.array(subnetId),
        taskSubnets: z.array(subnetId),
        /** Without a way out. */
        databaseSubnets: z.array(subnetId),
      })
      .nullable(),
  })
  .superRefine((network, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    refuseAddresses(network, refuse);
    if (new Set(network.availabilityZones).size < network.availabilityZones.length) {
      refuse(['availabilityZones'], 'names a zone twice; give two or three different ones');
    }
    if (network.existing !== null) refuseSubnets(network.existing, network.availabilityZones.length, refuse);
  });
export type NetworkConfig = z.infer<typeof networkSchema>;

type Refuse = (path: (string | number)[], message: string) => void;

function refuseAddresses({ cidr, peers, existing }: NetworkConfig, refuse: Refuse): void {
  if (normalized(cidr) !== cidr) refuse(['cidr'], `is an address inside a range; give the range: ${normalized(cidr)}`);
  if (existing === null && (prefixLength(cidr) > longestPrefix || prefixLength(cidr) < shortestPrefix)) {
    refuse(
      ['cidr'],
      `is no VPC's size, or too small for three zones; give a /${shortestPrefix} to a /${longestPrefix}`,
    );
  }
  for (const [index, peer] of peers.entries()) {
    if (overlap(cidr, peer.cidr)) {
      refuse(
        ['peers', index, 'cidr'],
        `overlaps network.cidr, ${cidr}: no route could tell them apart; give the VPC another`,
      );
    }
  }
}

function refuseSubnets(existing: NonNullable<NetworkConfig['existing']>, zones: number, refuse: Refuse): void {
  const seen = new Map<string, string>();
  for (const kind of ['publicSubnets', 'taskSubnets', 'databaseSubnets'] as const) {
    if (existing[kind].length !== zones) {
      refuse(['existing', kind], `has to have one subnet for each of the ${zones} zones, in their order`);
    }
    for (const [index, subnet] of existing[kind].entries()) {
      const other = seen.get(subnet);
      if (other !== undefined) refuse(['existing', kind, index], `is under ${other} too; give each subnet one use`);
      seen.set(subnet, kind);
    }
  }
}
