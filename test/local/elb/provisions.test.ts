import { expect, test } from '@jest/globals';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import { LoadBalancing } from '../../../local/elb/load-balancing.ts';
import { loadBalancingProvisions } from '../../../local/elb/provisions.ts';
import { StubNetwork } from './network-stub.ts';

const family = 'AWS::ElasticLoadBalancingV2';

/** Resources of the platform's and the service's stack, as the synthesized templates have them. */
async function provisioned() {
  const elb = new LoadBalancing({
    clock: new VirtualClock(0),
    region: 'us-east-1',
    account: '111111111111',
    network: new StubNetwork(),
    putMetric: () => undefined,
    allocateAddress: () => '10.0.0.5',
    random: () => 0,
  });
  const provisions = loadBalancingProvisions(elb);
  const provision = async (logicalId: string, type: string, properties: Readonly<Record<string, unknown>>) => {
    const made = await provisions[`${family}::${type}`]?.({
      stack: 'understudy-local-backstage',
      logicalId,
      type: `${family}::${type}`,
      properties,
    });
    if (made === undefined) throw new Error(`no provision for ${type}`);
    return made;
  };
  const balancer = await provision('LoadBalancer', 'LoadBalancer', { Name: 'understudy-local', Subnets: ['subnet-1'] });
  const listener = await provision('Production', 'Listener', {
    LoadBalancerArn: balancer.ref,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [
      { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', MessageBody: 'No such service' } },
    ],
  });
  const a = await provision('TargetGroupA', 'TargetGroup', { TargetType: 'ip', Port: 7007, Protocol: 'HTTP' });
  const b = await provision('TargetGroupB', 'TargetGroup', { TargetType: 'ip', Port: 7007, Protocol: 'HTTP' });
  const ruleProperties = {
    ListenerArn: listener.ref,
    Priority: 10,
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['backstage.localhost'] } }],
    Actions: [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: a.ref, Weight: 100 },
            { TargetGroupArn: b.ref, Weight: 0 },
          ],
        },
      },
    ],
  };
  const rule = await provision('ProductionRule', 'ListenerRule', ruleProperties);
  return { elb, provision, a, b, balancer, rule, ruleProperties };
}

const weights = (elb: LoadBalancing, rule: string) => {
  const action = elb.rules().find(({ arn }) => arn === rule)?.action;
  return action?.kind === 'forward' ? action.groups.map(({ weight }) => weight) : null;
};

test('gives what templates refer to', async () => {
  const { balancer, a } = await provisioned();
  expect(balancer.attributes).toMatchObject({
    LoadBalancerFullName: expect.stringMatching(/^app\/understudy-local\//),
    DNSName: expect.stringContaining('us-east-1.elb.amazonaws.com'),
  });
  expect(a.ref).toBe(a.attributes['TargetGroupArn']);
  expect(a.attributes['TargetGroupName']).toHaveLength(32);
});

test('leaves the forwards alone that CodeDeploy has written while the template says the same as before', async () => {
  const { elb, provision, a, b, rule, ruleProperties } = await provisioned();
  elb.setForward(rule.ref, [
    { targetGroup: b.ref, weight: 100 },
    { targetGroup: a.ref, weight: 0 },
  ]);
  await provision('ProductionRule', 'ListenerRule', ruleProperties);
  expect(elb.rules().find(({ arn }) => arn === rule.ref)?.action).toMatchObject({
    groups: [
      { targetGroup: b.ref, weight: 100 },
      { targetGroup: a.ref, weight: 0 },
    ],
  });
});

test('resets them as soon as anything in the rule’s template changes (aws/aws-cdk#36649)', async () => {
  const { elb, provision, a, b, rule, ruleProperties } = await provisioned();
  elb.setForward(rule.ref, [
    { targetGroup: b.ref, weight: 100 },
    { targetGroup: a.ref, weight: 0 },
  ]);
  await provision('ProductionRule', 'ListenerRule', { ...ruleProperties, Tags: [{ Key: 'team', Value: 'x' }] });
  expect(weights(elb, rule.ref)).toEqual([100, 0]);
  expect(elb.rules().find(({ arn }) => arn === rule.ref)?.action).toMatchObject({
    groups: [{ targetGroup: a.ref }, {}],
  });
});
