import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { template } from './templates.ts';

const platform = template('local', 'platform');

describe('the load balancer', () => {
  test.each([
    ['local', 80, 8080, 'HTTP'],
    ['production', 443, 8443, 'HTTPS'],
  ] as const)('of %s answers 404 by itself on ports %d and %d', (environment, production, testing, protocol) => {
    for (const port of [production, testing]) {
      template(environment, 'platform').hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
        Port: port,
        Protocol: protocol,
        DefaultActions: [
          Match.objectLike({ Type: 'fixed-response', FixedResponseConfig: Match.objectLike({ StatusCode: '404' }) }),
        ],
      });
    }
  });

  test('of production sends plain HTTP on to TLS', () => {
    template('production', 'platform').hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      DefaultActions: [Match.objectLike({ Type: 'redirect', RedirectConfig: Match.objectLike({ Protocol: 'HTTPS' }) })],
    });
  });
});

describe('the load balancer of production', () => {
  test.each([
    ['routing.http.drop_invalid_header_fields.enabled', 'true'],
    ['routing.http.desync_mitigation_mode', 'strictest'],
    ['deletion_protection.enabled', 'true'],
    ['access_logs.s3.enabled', 'true'],
  ])('has %s at %s', (key, value) => {
    template('production', 'platform').hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key: key, Value: value }]),
    });
  });
});

describe('what the load balancer answers by itself', () => {
  test.each(['502', '503', '504'])('calls people when it is %s for minutes, and never when nobody asks', (status) => {
    template('production', 'platform').hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `understudy-production-load-balancer-${status}`,
      MetricName: `HTTPCode_ELB_${status}_Count`,
      Dimensions: [{ Name: 'LoadBalancer', Value: { 'Fn::GetAtt': [Match.anyValue(), 'LoadBalancerFullName'] } }],
      DatapointsToAlarm: 3,
      EvaluationPeriods: 5,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ 'Fn::ImportValue': Match.stringLikeRegexp('^understudy-production-signals:') }],
    });
  });
});

test.each(['local', 'dev', 'production'] as const)('the cluster of %s has Container Insights', (environment) => {
  template(environment, 'platform').hasResourceProperties('AWS::ECS::Cluster', {
    ClusterSettings: [{ Name: 'containerInsights', Value: Match.stringLikeRegexp('^enabled|enhanced$') }],
  });
});

describe('the prober', () => {
  test('is in the VPC and told nothing of AWS', () => {
    platform.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'understudy-local-prober',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      VpcConfig: Match.objectLike({ SubnetIds: Match.anyValue() }),
      Environment: Match.absent(),
    });
  });

  test('may write its log and be attached to the VPC, and nothing else', () => {
    const statements = Object.values(platform.findResources('AWS::IAM::Policy')).flatMap(
      (policy): { Action: string | string[] }[] => policy['Properties'].PolicyDocument.Statement,
    );
    const services = new Set(statements.flatMap((statement) => statement.Action).map((action) => action.split(':')[0]));
    expect(services).toEqual(new Set(['ec2', 'logs']));
  });
});
