import { describe, expect, test } from '@jest/globals';
import { Tags } from 'aws-cdk-lib';
import {
  type EnvironmentConfig,
  environmentConfig,
  environmentNamesAllowed,
  type ServiceConfig,
} from '../../../lib/config/config.ts';
import { serviceConfig } from '../../../lib/service/service-props.ts';
import { frozenTemplate } from '../frozen-template.ts';
import accepted from './frozen.snapshot.json' with { type: 'json' };

const deployed = environmentNamesAllowed.flatMap((name) => {
  const config = environmentConfig(name);
  return Object.keys(config.services).map((service) => [`${name}/${service}`, config, service] as const);
});

const local = environmentConfig('local');
const backstage = serviceConfig({ config: local, service: 'backstage' });

/** The local configuration with some of Backstage's settings replaced. */
function localWith(settings: Partial<ServiceConfig>): EnvironmentConfig {
  return { ...local, services: { backstage: { ...backstage, ...settings } } };
}

describe('the frozen stack', () => {
  // A difference means: `cdk deploy` would touch a service that is live. CloudFormation cannot update it
  // (docs/adr/0002-frozen-service-stack.md says what to do instead). Only a service, or an environment,
  // that was never deployed may be put into the snapshot: node test/lib/service/freeze.ts local/backstage
  test.each(deployed)('of %s is as it was deployed, tags included', (name, config, service) => {
    expect({ [name]: frozenTemplate(config, service) }).toEqual({
      [name]: new Map(Object.entries(accepted)).get(name),
    });
  });

  const before = frozenTemplate(local, 'backstage');
  const { task, scaling, alarms, policies, frozen } = backstage;
  test.each<[string, Partial<ServiceConfig>]>([
    ['cpu', { task: { ...task, cpu: 4096 } }],
    ['memory', { task: { ...task, memoryMb: 8192 } }],
    ['an environment variable', { task: { ...task, environment: { NEW: 'value' } } }],
    ['a secret', { task: { ...task, secrets: { NEW: 'generated' } } }],
    ['the stop time-out', { task: { ...task, stopTimeoutSeconds: 99 } }],
    ['the number of tasks', { scaling: { ...scaling, minimum: 2, maximum: 9 } }],
    ['an alarm', { alarms: { ...alarms, errorPercent: 99 } }],
    ['a policy', { policies: { ...policies, feature: policies.hotfix } }],
  ])('stays as it is when %s changes', (_, settings) => {
    expect(frozenTemplate(localWith(settings), 'backstage')).toEqual(before);
  });

  test('stays as it is when a certificate of one’s own takes the place of the domain’s', () => {
    const production = environmentConfig('production');
    const certificateArn = 'arn:aws:acm:eu-central-1:111122223333:certificate/another';
    expect(frozenTemplate({ ...production, certificateArn }, 'backstage')).toEqual(
      frozenTemplate(production, 'backstage'),
    );
  });

  test('stays as it is when firewall, endpoints and database change', () => {
    const { network, database } = local;
    const changed: EnvironmentConfig = {
      ...local,
      firewall: { requestsPerAddress: 1000 },
      network: { ...network, interfaceEndpoints: true },
      database: { ...database, maxConnections: 50, insights: 'advanced' },
    };
    expect(frozenTemplate(changed, 'backstage')).toEqual(before);
  });

  test('stays as it is when the tasks get subnets in a third zone', () => {
    const { network } = local;
    const availabilityZones = [...network.availabilityZones, 'us-east-1c'];
    expect(frozenTemplate({ ...local, network: { ...network, availabilityZones } }, 'backstage')).toEqual(before);
  });

  test('stays as it is when another service is added', () => {
    const trucks = { ...backstage, frozen: { ...frozen, rulePriority: 200, hosts: ['trucks.localhost'] } };
    expect(frozenTemplate({ ...local, services: { trucks, backstage } }, 'backstage')).toEqual(before);
  });

  test('takes no tag that somebody puts on the whole app', () => {
    const tagged = frozenTemplate(local, 'backstage', (app) => Tags.of(app).add('cost-centre', '42'));
    expect(tagged).toEqual(before);
  });

  test('changes when something frozen changes, so that these comparisons mean something', () => {
    const other = localWith({ frozen: { ...frozen, graceSeconds: frozen.graceSeconds + 1 } });
    expect(frozenTemplate(other, 'backstage')).not.toEqual(before);
  });
});
