import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { template } from '../templates.ts';

const shape = template('local', 'backstage-shape');

const names = (entries: { Name: string }[]) =>
  entries.map((entry) => entry.Name).toSorted((a, b) => a.localeCompare(b));

/** A container's secret that is one key of the database's secret. */
const fromDatabase = (name: string, key: string) => ({
  Name: name,
  ValueFrom: { 'Fn::Join': ['', [{ 'Fn::ImportValue': Match.stringLikeRegexp('database') }, `:${key}::`]] },
});

describe('the shape of a task', () => {
  test('is kept when it is replaced and when the stack goes, for a release may still run it', () => {
    shape.hasResource('AWS::ECS::TaskDefinition', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('answers with the bootstrap image on the port of the service until the first release', () => {
    shape.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Family: 'understudy-local-backstage',
      ContainerDefinitions: [
        Match.objectLike({
          Name: 'backstage',
          Image: Match.stringLikeRegexp('^public\\.ecr\\.aws/'),
          Command: ['node', '-e', Match.stringLikeRegexp('listen\\(Number\\(process\\.env\\.PORT\\)\\)')],
          PortMappings: [{ ContainerPort: 7007, Protocol: 'tcp' }],
          Environment: Match.arrayWith([{ Name: 'PORT', Value: '7007' }]),
        }),
      ],
    });
  });

  test('lets the code write to /tmp, and to nothing else', () => {
    shape.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          ReadonlyRootFilesystem: true,
          MountPoints: [{ SourceVolume: 'scratch', ContainerPath: '/tmp', ReadOnly: false }],
        }),
      ],
      Volumes: [{ Name: 'scratch' }],
    });
    const dockerfile = readFileSync(join(import.meta.dirname, '..', '..', '..', 'backstage', 'Dockerfile'), 'utf8');
    expect(dockerfile).toMatch(/^VOLUME \/tmp$/m);
  });

  test('takes every secret from Secrets Manager and none from the plain environment', () => {
    const [definition] = Object.values(shape.findResources('AWS::ECS::TaskDefinition'));
    const [container] = definition?.['Properties'].ContainerDefinitions ?? [];
    expect(names(container?.Secrets)).toEqual(['POSTGRES_PASSWORD', 'POSTGRES_USER', 'PROBER_TOKEN']);
    expect(names(container?.Environment)).toEqual([
      'APP_BASE_URL',
      'NODE_ENV',
      'PORT',
      'POSTGRES_HOST',
      'POSTGRES_PORT',
      'POSTGRES_SSL',
      'SHUTDOWN_DELAY',
      'SIGN_IN',
    ]);
  });

  test.each(['dev', 'production'] as const)(
    'of %s knows no password: its role signs in, as one user',
    (environment) => {
      const deployed = template(environment, 'backstage-shape');
      const [definition] = Object.values(deployed.findResources('AWS::ECS::TaskDefinition'));
      const [container] = definition?.['Properties'].ContainerDefinitions ?? [];
      expect(names(container?.Secrets)).not.toContain('POSTGRES_PASSWORD');
      expect(container?.Environment).toEqual(
        expect.arrayContaining([
          { Name: 'POSTGRES_CONNECTION', Value: 'rds' },
          { Name: 'POSTGRES_USER', Value: `${environment}_backstage` },
        ]),
      );
      deployed.hasResourceProperties('AWS::IAM::Policy', {
        Roles: [{ Ref: Match.stringLikeRegexp('^AccessTaskRole') }],
        PolicyDocument: Match.objectLike({
          Statement: [
            {
              Action: 'rds-db:connect',
              Effect: 'Allow',
              Resource: {
                'Fn::Join': [
                  '',
                  ['arn:aws:rds-db:eu-central-1:', { Ref: 'AWS::AccountId' }, `:dbuser:*/${environment}_backstage`],
                ],
              },
            },
          ],
        }),
      });
    },
  );

  test('takes user and password out of the secret of the database, each by its key', () => {
    shape.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          Secrets: Match.arrayWith([
            fromDatabase('POSTGRES_USER', 'username'),
            fromDatabase('POSTGRES_PASSWORD', 'password'),
          ]),
        }),
      ],
    });
  });

  test.each([
    ['local', 'off'],
    ['production', 'on'],
  ] as const)('connects to the database of %s with TLS %s', (environment, value) => {
    template(environment, 'backstage-shape').hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({ Environment: Match.arrayWith([{ Name: 'POSTGRES_SSL', Value: value }]) }),
      ],
    });
  });

  test('on a scratch copy has the sealed group, and a role that may at most sign in to the database', () => {
    const [parameter] = Object.values(shape.findResources('AWS::SSM::Parameter'));
    const text = JSON.stringify(parameter);
    expect(text).toContain('rehearsal');
    expect(text).toMatch(/Fn::ImportValue":"[^"]*Rehearsalbackstage/);
    shape.hasResourceProperties('AWS::IAM::Role', { RoleName: 'understudy-local-backstage-rehearsal' });
    const deployed = template('production', 'backstage-shape').findResources('AWS::IAM::Policy', {
      Properties: { Roles: [{ Ref: Match.stringLikeRegexp('^AccessRehearsalRole') }] },
    });
    const actions = Object.values(deployed).flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.map(({ Action }: { Action: string }) => Action),
    );
    expect(actions).toEqual(['rds-db:connect']);
  });

  test('is told to the next release by an SSM parameter that follows the task definition', () => {
    const [id] = Object.keys(shape.findResources('AWS::ECS::TaskDefinition'));
    const [parameter] = Object.values(shape.findResources('AWS::SSM::Parameter'));
    expect(parameter?.['Properties'].Name).toBe('/understudy/local/services/backstage/shape');
    expect(JSON.stringify(parameter)).toContain(JSON.stringify({ Ref: id }));
  });

  test('is told after a deploy, with the command that says whether it is pending', () => {
    const [id] = Object.keys(shape.findResources('AWS::ECS::TaskDefinition'));
    const output = shape.findOutputs('NextShape')['NextShape'];
    expect(output?.['Value']).toEqual({ Ref: id });
    expect(output?.['Description']).toMatch(
      /from its next release on; .*npm run release -- status --environment local$/,
    );
  });

  test('gives the code of the service no right in AWS', () => {
    const policies = Object.values(shape.findResources('AWS::IAM::Policy'));
    expect(JSON.stringify(policies.map((policy) => policy['Properties'].Roles))).not.toContain('TaskRole');
  });
});

describe('the images', () => {
  test('keep their tag for good, are scanned, and stay while they are known-good', () => {
    const [repository] = Object.values(shape.findResources('AWS::ECR::Repository'));
    expect(repository?.['Properties']).toMatchObject({
      RepositoryName: 'understudy-local/backstage',
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
    });
    const { rules } = JSON.parse(repository?.['Properties'].LifecyclePolicy.LifecyclePolicyText);
    expect(rules.map((rule: { selection: { tagPrefixList?: string[] } }) => rule.selection.tagPrefixList)).toEqual([
      ['known-good-'],
      undefined,
      undefined,
    ]);
  });
});
