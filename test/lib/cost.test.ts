import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { environmentConfig } from '../../lib/config/config.ts';
import { template } from './templates.ts';

type Environment = 'dev' | 'production';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'cost.md'), 'utf8');

interface Line {
  readonly price: number;
  readonly hours: number;
  readonly quantity: Readonly<Record<Environment, number>>;
  readonly month: Readonly<Record<Environment, number>>;
}

/** The table's lines by their names, without the number of the source. */
const lines = new Map<string, Line>(
  [
    ...page.matchAll(/^\| (.+) \[\d+\] \| ([\d.]+) \| (hour|month) \| (\d+) \| ([\d.]+) \| (\d+) \| ([\d.]+) \|$/gm),
  ].map(([, name = '', price, per, devQuantity, dev, productionQuantity, production]) => [
    name,
    {
      price: Number(price),
      hours: per === 'hour' ? 730 : 1,
      quantity: { dev: Number(devQuantity), production: Number(productionQuantity) },
      month: { dev: Number(dev), production: Number(production) },
    },
  ]),
);

const stacks = ['network', 'database', 'platform', 'backstage-delivery', 'dashboard'];
const count = (environment: Environment, type: string): number =>
  stacks.reduce((sum, stack) => sum + Object.keys(template(environment, stack).findResources(type)).length, 0);

/** What the configuration and the templates say, where they say it. */
function quantities(environment: Environment): Readonly<Record<string, number>> {
  const { services, network, database } = environmentConfig(environment);
  const tasks = Object.values(services);
  const zones = network.availabilityZones.length;
  const nat = count(environment, 'AWS::EC2::NatGateway');
  const endpoints = Object.values(template(environment, 'network').findResources('AWS::EC2::VPCEndpoint'));
  const [firewall] = Object.values(template(environment, 'platform').findResources('AWS::WAFv2::WebACL'));
  const copies = database.multiAz ? 2 : 1;
  const sum = (of: (service: (typeof tasks)[number]) => number) =>
    tasks.reduce((total, service) => total + service.scaling.minimum * of(service), 0);
  return {
    'Fargate, arm64: vCPU': sum(({ task }) => task.cpu / 1024),
    'Fargate, arm64: GB of memory': sum(({ task }) => task.memoryMb / 1024),
    'NAT gateways': nat,
    'interface endpoints, in each zone':
      zones * endpoints.filter(({ Properties }) => Properties.VpcEndpointType === 'Interface').length,
    'public IPv4 addresses of NAT and load balancer': nat + zones,
    'load balancer': count(environment, 'AWS::ElasticLoadBalancingV2::LoadBalancer'),
    'PostgreSQL, db.t4g.small': database.instance === 't4g.small' ? copies : 0,
    'PostgreSQL, db.m7g.large, with its standby': database.instance === 'm7g.large' ? copies : 0,
    "PostgreSQL: GB of storage, with the standby's": database.storageGb * copies,
    firewall: count(environment, 'AWS::WAFv2::WebACL'),
    'firewall: rules': firewall?.['Properties'].Rules.length,
    alarms: count(environment, 'AWS::CloudWatch::Alarm'),
    'composite alarms': count(environment, 'AWS::CloudWatch::CompositeAlarm'),
  };
}

test('the text says what production costs by the lowest and the highest price told of the database', () => {
  const [, low, atLow, high, atHigh] =
    /At ([\d.]+) production comes to ([\d.]+), at ([\d.]+) to ([\d.]+)\./.exec(page) ?? [];
  const database = lines.get('PostgreSQL, db.m7g.large, with its standby');
  const [, together] = /^\| \*\*together\*\* .*\*\*([\d.]+)\*\* \|$/m.exec(page) ?? [];
  const at = (price: string | undefined): number =>
    Number(together) - Number(database?.month.production) + Number(price) * 730 * Number(database?.quantity.production);
  expect(Number(atLow)).toBeCloseTo(at(low), 2);
  expect(Number(atHigh)).toBeCloseTo(at(high), 2);
});

describe.each(['dev', 'production'] as const)('the table of what %s costs', (environment) => {
  test('has the quantities that the templates have', () => {
    const told = Object.keys(quantities(environment)).map((name) => [name, lines.get(name)?.quantity[environment]]);
    expect(Object.fromEntries(told)).toEqual(quantities(environment));
  });

  test('multiplies and adds up', () => {
    let sum = 0;
    for (const { price, hours, quantity, month } of lines.values()) {
      expect(month[environment]).toBeCloseTo(price * hours * quantity[environment], 1);
      sum += month[environment];
    }
    const [, dev, production] = /^\| \*\*together\*\* .*\*\*([\d.]+)\*\*.*\*\*([\d.]+)\*\* \|$/m.exec(page) ?? [];
    expect(Number(environment === 'dev' ? dev : production)).toBeCloseTo(sum, 2);
  });
});
