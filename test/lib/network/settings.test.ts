import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { addStacks } from '../../../lib/app.ts';
import { type EnvironmentConfig, environmentConfig } from '../../../lib/config/config.ts';
import { NetworkStack } from '../../../lib/network/network-stack.ts';
import { fastApp } from '../fast-app.ts';
import { frozenTemplate } from '../frozen-template.ts';

type Network = EnvironmentConfig['network'];

const production = environmentConfig('production');
const dev = environmentConfig('dev');

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-network-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The network stack's template with some of the network's settings replaced. */
function networkWith(config: EnvironmentConfig, settings: Partial<Network>): Template {
  return inFolder((folder) => {
    const changed = { ...config, network: { ...config.network, ...settings } };
    return Template.fromStack(
      new NetworkStack(fastApp(folder), 'network', { env: { region: config.region }, config: changed }),
    );
  });
}

function stackOf(assembly: CloudAssembly, name: string): Template {
  return Template.fromJSON(assembly.getStackByName(`understudy-production-${name}`).template);
}

/** Range and zone of each subnet. */
const ranges = (template: Template) =>
  Object.entries(template.findResources('AWS::EC2::Subnet')).map(([id, { Properties }]) => [
    id,
    Properties.CidrBlock,
    Properties.AvailabilityZone,
  ]);

const id = (kind: string, zone: number) => `subnet-${kind}000000${zone}`;
const of = (kind: string) => [1, 2, 3].map((zone) => id(kind, zone));

interface Rule {
  readonly FromPort?: number;
  readonly SourceSecurityGroupId?: { readonly 'Fn::GetAtt': [string, string] };
  readonly CidrIp?: string;
}

/** Every rule of any group that lets somebody in on a port. */
function waysIn(template: Template, port: number): Rule[] {
  const inline = Object.values(template.findResources('AWS::EC2::SecurityGroup')).flatMap(
    ({ Properties }): Rule[] => Properties.SecurityGroupIngress ?? [],
  );
  const separate = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(
    ({ Properties }): Rule => Properties,
  );
  return [...inline, ...separate].filter(({ FromPort }) => FromPort === port);
}

describe.each(['none', 'one', 'per-az'] as const)('with NAT %s', (nat) => {
  const template = networkWith(production, { nat });

  test('there are as many gateways as it says, and the database has a way out through none of them', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', { none: 0, one: 1, 'per-az': 3 }[nat]);
    expect(JSON.stringify(template.findResources('AWS::EC2::Route'))).not.toContain('VpcdatabaseSubnet');
  });

  test('nobody but the prober reaches the test listener, and it does so inside the VPC', () => {
    const [only, ...others] = waysIn(template, 8443);
    expect(only?.SourceSecurityGroupId?.['Fn::GetAtt'][0]).toMatch(/^Prober/);
    expect(others).toEqual([]);
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Prober'), 'GroupId'] },
      DestinationSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^LoadBalancer'), 'GroupId'] },
      FromPort: 8443,
    });
  });
});

describe('a third zone', () => {
  const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];
  const three: EnvironmentConfig = { ...dev, network: { ...dev.network, availabilityZones: zones } };

  test('leaves the addresses of every subnet as they are', () => {
    const before = ranges(networkWith(dev, {}));
    expect(before).toHaveLength(6);
    expect(ranges(networkWith(dev, three.network))).toEqual(expect.arrayContaining(before));
  });

  test('leaves the frozen stack as it is', () => {
    expect(frozenTemplate(three, 'backstage')).toEqual(frozenTemplate(dev, 'backstage'));
  });
});

describe('somebody else’s VPC', () => {
  const existing = {
    vpcId: 'vpc-0123abcd',
    publicSubnets: of('a'),
    taskSubnets: of('b'),
    databaseSubnets: of('c'),
  };

  test('gets security groups, and nothing else', () => {
    const template = networkWith(production, { existing });
    const types = new Set(Object.values<{ Type: string }>(template.toJSON()['Resources']).map(({ Type }) => Type));
    expect([...types].filter((type) => type.startsWith('AWS::EC2::')).toSorted()).toEqual([
      'AWS::EC2::SecurityGroup',
      'AWS::EC2::SecurityGroupEgress',
      'AWS::EC2::SecurityGroupIngress',
    ]);
    template.allResourcesProperties('AWS::EC2::SecurityGroup', { VpcId: 'vpc-0123abcd' });
  });

  test.each(['none', 'per-az'] as const)('takes each stack into its own subnets, with NAT %s', (nat) => {
    const config: EnvironmentConfig = { ...production, network: { ...production.network, nat, existing } };
    const stacks = inFolder((folder) => {
      const app = fastApp(folder);
      addStacks(app, config);
      const assembly = app.synth();
      const named = (name: string) => stackOf(assembly, name);
      return { platform: named('platform'), database: named('database'), frozen: named('backstage') };
    });
    stacks.platform.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: of('a') });
    stacks.platform.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: Match.objectLike({ SubnetIds: of('b') }),
    });
    stacks.database.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: of('c') });
    stacks.frozen.hasResourceProperties('AWS::ECS::Service', {
      NetworkConfiguration: { AwsvpcConfiguration: Match.objectLike({ Subnets: [id('b', 1), id('b', 2)] }) },
    });
  });
});
