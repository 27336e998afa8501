import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { template } from '../templates.ts';

describe('the network', () => {
  test.each([
    ['local', 0],
    ['dev', 1],
    ['production', 3],
  ] as const)('of %s has %d NAT gateways', (environment, count) => {
    template(environment, 'network').resourceCountIs('AWS::EC2::NatGateway', count);
  });

  test('has subnets in the zones that the configuration names, so that no account is asked', () => {
    const subnets = Object.values(template('production', 'network').findResources('AWS::EC2::Subnet'));
    const zones = new Set(subnets.map((subnet) => String(subnet['Properties'].AvailabilityZone)));
    expect([...zones].toSorted()).toEqual(['eu-central-1a', 'eu-central-1b', 'eu-central-1c']);
  });

  test('lets the world reach the load balancer on the production port only', () => {
    const open = Object.values(template('local', 'network').findResources('AWS::EC2::SecurityGroup'))
      .flatMap((group) => group['Properties'].SecurityGroupIngress ?? [])
      .filter((rule: { CidrIp?: string }) => rule.CidrIp === '0.0.0.0/0');
    expect(open).toEqual([expect.objectContaining({ FromPort: 80, ToPort: 80 })]);
  });

  test('lets only the prober reach the test listener', () => {
    const rules = template('local', 'network').findResources('AWS::EC2::SecurityGroupIngress', {
      Properties: { FromPort: 8080 },
    });
    expect(Object.values(rules)).toHaveLength(1);
    expect(JSON.stringify(rules)).toContain('"Fn::GetAtt":["Prober');
  });

  test('lets only the tasks of services with a database reach the database', () => {
    template('local', 'network').hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 5432,
      ToPort: 5432,
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Servicebackstage'), 'GroupId'] },
    });
  });

  test('logs the flows of all its traffic, for a month', () => {
    const production = template('production', 'network');
    production.hasResourceProperties('AWS::EC2::FlowLog', {
      ResourceType: 'VPC',
      TrafficType: 'ALL',
      LogDestinationType: 'cloud-watch-logs',
    });
    production.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('gives the database subnets no way out', () => {
    const network = template('production', 'network');
    const routes = network.findResources('AWS::EC2::Route');
    expect(JSON.stringify(routes)).not.toContain('VpcdatabaseSubnet');
    expect(JSON.stringify(routes)).toContain('VpctasksSubnet');
  });

  test.each(['local', 'dev', 'production'] as const)('of %s leads tasks to S3 without NAT', (environment) => {
    template(environment, 'network').hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.s3']] },
    });
  });

  test('of production keeps what starts a task inside the VPC', () => {
    const endpoints = template('production', 'network').findResources('AWS::EC2::VPCEndpoint', {
      Properties: { VpcEndpointType: 'Interface' },
    });
    const names = Object.values(endpoints).map(({ Properties }) =>
      String(Properties.ServiceName).replace('com.amazonaws.eu-central-1.', ''),
    );
    expect(names.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'ecr.api',
      'ecr.dkr',
      'logs',
      'secretsmanager',
      'ssm',
    ]);
    for (const { Properties } of Object.values(endpoints)) expect(Properties.PrivateDnsEnabled).toBe(true);
  });

  test('of dev goes through NAT instead, which costs less there', () => {
    const endpoints = template('dev', 'network').findResources('AWS::EC2::VPCEndpoint');
    expect(Object.keys(endpoints)).toHaveLength(1);
  });

  test('lets only tasks, and what makes their users, use the endpoints', () => {
    const rules = template('production', 'network').findResources('AWS::EC2::SecurityGroupIngress', {
      Properties: { FromPort: 443, GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Endpoints'), 'GroupId'] } },
    });
    const sources = Object.values(rules).map(({ Properties }) => Properties.SourceSecurityGroupId['Fn::GetAtt'][0]);
    expect(sources.map((source) => source.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'DatabaseUsers',
      'Servicebackstage',
      'Rehearsalbackstage',
    ]);
  });
});
