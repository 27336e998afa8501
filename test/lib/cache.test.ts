import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { template } from './templates.ts';

const cache = template('production', 'cache');

describe('the cache', () => {
  test('is Valkey, encrypted on the way and at rest, with another node to take over', () => {
    cache.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      Engine: 'valkey',
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
      NumCacheClusters: 2,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
    });
  });

  test('forgets what was used least when it is full', () => {
    cache.hasResourceProperties('AWS::ElastiCache::ParameterGroup', {
      CacheParameterGroupFamily: 'valkey8',
      Properties: { 'maxmemory-policy': 'allkeys-lru' },
    });
  });

  test('lets each service in as a user that reaches its own keys alone, and nobody without a name', () => {
    const users = Object.values(cache.findResources('AWS::ElastiCache::User')).map(({ Properties }) => Properties);
    expect(users.map(({ UserName, AccessString }) => [UserName, AccessString])).toEqual([
      ['backstage', 'on ~backstage:* +@all -@admin -@dangerous +keys +info'],
      ['default', 'off -@all'],
    ]);
    for (const { AuthenticationMode } of users) {
      expect(AuthenticationMode).toMatchObject({ Type: 'password' });
      expect(JSON.stringify(AuthenticationMode.Passwords)).toContain('{{resolve:secretsmanager:');
    }
    const group = { Ref: Match.stringLikeRegexp('^Users') };
    cache.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', { UserGroupIds: [group] });
  });

  test('is told to the tasks that ask for it, the password as a secret', () => {
    template('production', 'backstage-shape').hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          Environment: Match.arrayWith([
            { Name: 'CACHE', Value: 'valkey' },
            { Name: 'CACHE_HOST', Value: { 'Fn::ImportValue': Match.stringLikeRegexp('PrimaryEndPointAddress') } },
            { Name: 'CACHE_USER', Value: 'backstage' },
            { Name: 'CACHE_PREFIX', Value: 'backstage:' },
          ]),
          Secrets: Match.arrayWith([Match.objectLike({ Name: 'CACHE_PASSWORD' })]),
        }),
      ],
    });
  });

  test.each(['local', 'dev'] as const)('is not in %s, where no service asks for one', (environment) => {
    expect(() => template(environment, 'cache')).toThrow('ENOENT');
    const shape = JSON.stringify(template(environment, 'backstage-shape').toJSON());
    expect(shape).not.toContain('CACHE_HOST');
  });
});
