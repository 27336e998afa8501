import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { AccessStack } from '../../../lib/access/access-stack.ts';
import { githubSubject, githubTrust } from '../../../lib/access/github.ts';
import { type AccessRole, accessRoles } from '../../../lib/access/roles.ts';
import type { AccessConfig } from '../../../lib/config/access-schema.ts';
import { environmentConfig } from '../../../lib/config/config.ts';
import { toStatement } from '../../../lib/release/grant.ts';
import { decide, parsePolicy } from '../../../local/aws/iam/policy.ts';
import { fastApp } from '../fast-app.ts';
import { template } from '../templates.ts';

const place = { environment: 'production', services: ['backstage'], region: 'eu-central-1', account: '111122223333' };
const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:111122223333:${rest}`;
const machine = (name: string) => arn('states', `stateMachine:understudy-production-${name}`);
const execution = (name: string) => arn('states', `execution:understudy-production-${name}:r-1`);
const ledger = arn('dynamodb', 'table/understudy-production-ledger');
const repository = arn('ecr', 'repository/understudy-production/backstage');
const bootstrap = (qualifier: string, kind: string) =>
  `arn:aws:iam::111122223333:role/cdk-${qualifier}-${kind}-role-111122223333-eu-central-1`;

const { access: placeholder } = environmentConfig('production');
if (placeholder === null) throw new Error('Production has no access configuration.');
const access: AccessConfig = {
  ...placeholder,
  onCall: ['arn:aws:iam::111122223333:role/on-call'],
  approvers: ['arn:aws:iam::111122223333:role/lead'],
};

function role(name: string, config = access): AccessRole {
  const found = accessRoles(config, place).find((each) => each.name === name);
  if (found === undefined) throw new Error(`No role ${name}`);
  return found;
}

function may(name: string, action: string, resource: string, context: Record<string, string> = {}): boolean {
  const statements = role(name).grants.flatMap((grant) => parsePolicy({ Statement: toStatement(grant).toJSON() }));
  return decide(statements, { action, resource, context }) === 'allowed';
}

describe('the subject of a token', () => {
  test('has names and numbers, or names alone for a repository of before July 2026', () => {
    const environment = { environment: 'production' };
    expect(githubSubject(access, environment)).toBe('repo:example-org@123456/understudy@456789:environment:production');
    expect(githubSubject({ ...access, immutableIds: null }, environment)).toBe(
      'repo:example-org/understudy:environment:production',
    );
    expect(githubSubject(access, 'pull_request')).toBe('repo:example-org@123456/understudy@456789:pull_request');
  });

  test('is compared exactly, as is the audience, and the ref where one is asked for', () => {
    expect(githubTrust(access, { environment: 'production' }, access.refs)).toEqual({
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': 'repo:example-org@123456/understudy@456789:environment:production',
      },
      StringLike: { 'token.actions.githubusercontent.com:ref': ['refs/heads/main', 'refs/tags/v*'] },
    });
    expect(githubTrust(access, 'pull_request', null)).not.toHaveProperty('StringLike');
  });
});

describe('the role', () => {
  test.each<[string, string, string]>([
    ['release', 'ecr:PutImage', repository],
    ['release', 'ecr:GetAuthorizationToken', '*'],
    ['release', 'states:StartExecution', machine('release')],
    ['release', 'states:DescribeExecution', execution('release')],
    ['rollback', 'states:StartExecution', machine('rollback')],
    ['rollback', 'states:DescribeExecution', execution('release')],
    ['rollback', 'dynamodb:Query', ledger],
    ['rollback', 'ssm:GetParametersByPath', arn('ssm', 'parameter/understudy/production/services')],
    ['rollback', 'ecs:DescribeServices', arn('ecs', 'service/understudy-production/backstage')],
    ['approve', 'dynamodb:GetItem', ledger],
    ['approve', 'cloudwatch:DescribeAlarms', arn('cloudwatch', 'alarm:*')],
    ['diff', 'cloudformation:GetTemplate', arn('cloudformation', 'stack/understudy-production-network/1')],
    ['deploy', 'sts:AssumeRole', bootstrap('hnb659fds', 'deploy')],
  ])('%s may %s on %s', (name, action, resource) => {
    expect(may(name, action, resource)).toBe(true);
  });

  test.each<[string, string, string]>([
    ['release', 'states:StartExecution', machine('rollback')],
    ['release', 'states:StopExecution', execution('release')],
    ['release', 'ecr:PutImage', arn('ecr', 'repository/understudy-dev/backstage')],
    ['release', 'ecr:BatchDeleteImage', repository],
    ['release', 'dynamodb:PutItem', ledger],
    ['release', 'sts:AssumeRole', bootstrap('hnb659fds', 'deploy')],
    ['rollback', 'states:StartExecution', machine('release')],
    ['rollback', 'ecr:PutImage', repository],
    ['rollback', 'dynamodb:UpdateItem', ledger],
    ['rollback', 'ssm:GetParametersByPath', arn('ssm', 'parameter/understudy/dev/services')],
    ['rollback', 'ecs:UpdateService', arn('ecs', 'service/understudy-production/backstage')],
    ['approve', 'states:StartExecution', machine('release')],
    ['approve', 'states:StartExecution', machine('rollback')],
    ['diff', 'cloudformation:CreateChangeSet', arn('cloudformation', 'stack/understudy-production-network/1')],
    ['diff', 'cloudformation:GetTemplate', arn('cloudformation', 'stack/understudy-dev-network/1')],
    ['deploy', 'cloudformation:UpdateStack', arn('cloudformation', 'stack/understudy-production-network/1')],
  ])('%s may not %s on %s', (name, action, resource) => {
    expect(may(name, action, resource)).toBe(false);
  });

  test.each(['rollback', 'approve'])('%s writes signals into the ledger, and nothing else', (name) => {
    const put = (key: string) => may(name, 'dynamodb:PutItem', ledger, { 'dynamodb:LeadingKeys': key });
    expect(put('SIGNAL#r-1')).toBe(true);
    expect(put('SERVICE#backstage')).toBe(false);
  });

  test('review is there only with a bootstrap of its own, and reaches no other', () => {
    expect(accessRoles(access, place).map(({ name }) => name)).not.toContain('review');
    const { grants } = role('review', { ...access, reviewQualifier: 'review' });
    expect(grants.flatMap(({ resources }) => resources)).toEqual([
      bootstrap('review', 'deploy'),
      bootstrap('review', 'file-publishing'),
      bootstrap('review', 'lookup'),
    ]);
  });

  test.each(['release', 'rollback', 'deploy'])('%s is for the configured refs only', (name) => {
    expect(role(name).pipeline?.refs).toEqual(['refs/heads/main', 'refs/tags/v*']);
  });

  test('diff, which changes nothing, is the only one for pull requests', () => {
    const contexts = accessRoles(access, place).map(({ name, pipeline }) => [name, pipeline?.context]);
    expect(contexts.filter(([, context]) => context === 'pull_request')).toEqual([['diff', 'pull_request']]);
  });
});

describe('the access stack', () => {
  const production = template('production', 'access');
  const roles = Object.values(production.findResources('AWS::IAM::Role'));

  test('trusts GitHub’s tokens by subject and audience, in every statement', () => {
    const statements = roles.flatMap(({ Properties }) => Properties.AssumeRolePolicyDocument.Statement);
    expect(statements.length).toBeGreaterThan(0);
    for (const { Action, Condition, Principal } of statements) {
      expect(Action).toBe('sts:AssumeRoleWithWebIdentity');
      expect(JSON.stringify(Principal)).not.toContain('*');
      expect(Object.keys(Condition.StringEquals)).toEqual([
        'token.actions.githubusercontent.com:aud',
        'token.actions.githubusercontent.com:sub',
      ]);
      expect(JSON.stringify(Condition.StringEquals)).not.toContain('*');
    }
  });

  test('makes no role that nobody may take', () => {
    expect(roles.map(({ Properties }) => Properties.RoleName)).toEqual([
      'understudy-production-access-release',
      'understudy-production-access-rollback',
      'understudy-production-access-diff',
      'understudy-production-access-deploy',
    ]);
  });

  test('deploys alone: it imports nothing and exports nothing', () => {
    expect(JSON.stringify(production.toJSON())).not.toContain('Fn::ImportValue');
    expect(production.toJSON()).not.toHaveProperty('Outputs');
  });

  test('lets the people of the configuration take their roles, each named in full', () => {
    const app = fastApp(mkdtempSync(join(tmpdir(), 'understudy-access-')));
    try {
      const config = environmentConfig('production');
      const stack = new AccessStack(app, 'access', {
        env: { region: config.region },
        config,
        access: { ...access, provider: 'existing' },
      });
      const made = Template.fromStack(stack);
      made.resourceCountIs('AWS::IAM::OIDCProvider', 0);
      const trusted = Object.values(made.findResources('AWS::IAM::Role')).map(({ Properties }) => [
        Properties.RoleName,
        Properties.AssumeRolePolicyDocument.Statement.flatMap(
          ({ Principal }: { Principal: { AWS?: string } }) => Principal.AWS ?? [],
        ),
      ]);
      expect(Object.fromEntries(trusted)).toMatchObject({
        'understudy-production-access-release': [],
        'understudy-production-access-rollback': access.onCall,
        'understudy-production-access-approve': access.approvers,
      });
    } finally {
      rmSync(app.outdir, { recursive: true });
    }
  });

  test('is not on the laptop’s stage', () => {
    expect(() => template('local', 'access')).toThrow('ENOENT');
  });
});
