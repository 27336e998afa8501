import { describe, expect, test } from '@jest/globals';
import { decide, like, parsePolicy } from '../../../../local/aws/iam/policy.ts';
import { Roles } from '../../../../local/aws/iam/roles.ts';

const ask = (action: string, resource: string, context = {}) => ({ action, resource, context });
const service = 'arn:aws:ecs:us-east-1:111111111111:service/understudy-local/backstage';

describe('a policy', () => {
  test('allows what a statement names, and nothing else', () => {
    const policy = parsePolicy({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'ecs:DescribeServices', Resource: service },
    });
    expect(decide(policy, ask('ecs:DescribeServices', service))).toBe('allowed');
    expect(decide(policy, ask('ECS:describeservices', service))).toBe('allowed');
    expect(decide(policy, ask('ecs:UpdateService', service))).toBe('not allowed');
    expect(decide(policy, ask('ecs:DescribeServices', `${service}2`))).toBe('not allowed');
    expect(decide([], ask('ecs:DescribeServices', service))).toBe('not allowed');
  });

  test('lets a denial win over any permission', () => {
    const policy = parsePolicy({
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', NotAction: 'ecs:*', Resource: '*' },
      ],
    });
    expect(decide(policy, ask('ecs:RunTask', 'x'))).toBe('allowed');
    expect(decide(policy, ask('sns:Publish', 'x'))).toBe('denied explicitly');
  });

  test('reads wildcards as IAM does: any characters, across slashes and colons', () => {
    expect(like('arn:aws:ecs:us-east-1:1:task/c/1', 'arn:aws:ecs:*:task/c/*')).toBe(true);
    expect(like('secret:token-AbCdEf', 'secret:token-??????')).toBe(true);
    expect(like('secret:token-AbCdEfg', 'secret:token-??????')).toBe(false);
    expect(like('a.b', 'a?b')).toBe(true);
    expect(like('axb', 'a.b')).toBe(false);
  });

  test.each([
    ['StringEquals', 'ecs-tasks.amazonaws.com', true],
    ['StringEquals', 'ecs-tasks.*', false],
    ['StringLike', 'ecs-*', true],
    ['StringLikeIfExists', 'lambda*', false],
    ['ArnEquals', '*', true],
    ['ForAllValues:StringLike', 'ecs-*', true],
    ['ForAllValues:StringLike', 'lambda*', false],
    ['ForAnyValue:StringEquals', 'ecs-tasks.amazonaws.com', true],
  ])('holds its conditions: %s %s is %s', (operator, value, allowed) => {
    const Condition = { [operator]: { 'iam:PassedToService': [value] } };
    const policy = parsePolicy({ Statement: { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*', Condition } });
    const context = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
    expect(decide(policy, ask('iam:PassRole', 'role', context)) === 'allowed').toBe(allowed);
    expect(decide(policy, ask('iam:PassRole', 'role')) === 'allowed').toBe(
      operator.endsWith('IfExists') || operator.startsWith('ForAllValues:'),
    );
  });

  test('is refused when the stage could not evaluate it', () => {
    const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    const parse = () => parsePolicy({ Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition } });
    expect(parse).toThrow('cannot evaluate the policy condition operator IpAddress');
    expect(() => parsePolicy({ Statement: { Effect: 'allow' } })).toThrow('Allow or Deny, not "allow"');
  });
});

test('a managed policy that the stage does not know is refused by name', () => {
  const roles = new Roles();
  expect(() => roles.attachManaged('r', 'arn:aws:iam::aws:policy/AdministratorAccess')).toThrow(
    'Role r has the managed policy arn:aws:iam::aws:policy/AdministratorAccess',
  );
  roles.attachManaged('r', 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole');
  expect(decide(roles.statements('r'), ask('logs:PutLogEvents', 'x'))).toBe('allowed');
});
