import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { environmentConfig, environmentNamesAllowed } from '../../lib/config/config.ts';
import { connectionsOf, instanceMemory } from '../../lib/config/instance-memory.ts';
import { template } from './templates.ts';

const production = template('production', 'database');

/** Metric, comparison and threshold of each alarm, by its name. */
const alarms = new Map(
  Object.values(production.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => [
    String(Properties.AlarmName).replace('understudy-production-database-', ''),
    [Properties.MetricName, Properties.ComparisonOperator, Properties.Threshold],
  ]),
);

describe('the database', () => {
  test.each(environmentNamesAllowed)('of %s is encrypted and has no public address', (name) => {
    template(environmentConfig(name).name, 'database').hasResourceProperties('AWS::RDS::DBInstance', {
      StorageEncrypted: true,
      PubliclyAccessible: false,
    });
  });

  test.each([
    ['local', '0'],
    ['production', '1'],
  ] as const)('of %s refuses connections without TLS: %s', (environment, value) => {
    template(environment, 'database').hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Parameters: Match.objectLike({ 'rds.force_ssl': value }),
    });
  });

  test('of production outlives a mistake, its automated backups included', () => {
    production.hasResource('AWS::RDS::DBInstance', {
      DeletionPolicy: 'Snapshot',
      Properties: Match.objectLike({
        DeletionProtection: true,
        MultiAZ: true,
        BackupRetentionPeriod: 14,
        DeleteAutomatedBackups: false,
      }),
    });
  });

  test('grows by itself', () => {
    production.hasResourceProperties('AWS::RDS::DBInstance', {
      AllocatedStorage: '100',
      MaxAllocatedStorage: 400,
      StorageType: 'gp3',
    });
  });

  test.each([
    ['dev', 'standard', 7],
    ['production', 'advanced', 465],
  ] as const)('of %s has Database Insights %s for %d days', (environment, mode, days) => {
    template(environment, 'database').hasResourceProperties('AWS::RDS::DBInstance', {
      DatabaseInsightsMode: mode,
      EnablePerformanceInsights: true,
      ...(days === 7 ? {} : { PerformanceInsightsRetentionPeriod: days }),
    });
  });

  test('writes its logs to groups with an end, which are there before it', () => {
    const groups = production.findResources('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: Match.stringLikeRegexp('^/aws/rds/') },
    });
    expect(
      Object.values(groups).map(({ Properties }) => [Properties.LogGroupName, Properties.RetentionInDays]),
    ).toEqual([
      ['/aws/rds/instance/understudy-production/postgresql', 90],
      ['/aws/rds/instance/understudy-production/upgrade', 90],
    ]);
    production.hasResource('AWS::RDS::DBInstance', {
      DependsOn: Match.arrayWith(Object.keys(groups)),
      Properties: Match.objectLike({ EnableCloudwatchLogsExports: ['postgresql', 'upgrade'] }),
    });
  });

  test.each(['dev', 'production'] as const)('of %s has a password that only RDS knows and changes', (environment) => {
    const database = template(environment, 'database');
    database.hasResourceProperties('AWS::RDS::DBInstance', {
      ManageMasterUserPassword: true,
      MasterUserPassword: Match.absent(),
      EnableIAMDatabaseAuthentication: true,
    });
    database.resourceCountIs('AWS::SecretsManager::Secret', 0);
    database.resourceCountIs('AWS::Serverless::Application', 0);
  });

  test('of production makes a user for each service with data, from inside the VPC, before anything needs it', () => {
    production.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'understudy-production-database-users',
      Environment: { Variables: Match.objectLike({ USERS: 'production_backstage' }) },
      VpcConfig: Match.objectLike({
        SecurityGroupIds: [{ 'Fn::ImportValue': Match.stringLikeRegexp('DatabaseUsers') }],
      }),
    });
    production.hasResource('Custom::Trigger', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^Instance')]),
      Properties: Match.objectLike({ InvocationType: 'RequestResponse', ExecuteOnHandlerChange: true }),
    });
    const secret = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Instance'), 'MasterUserSecret.SecretArn'] };
    production.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: secret }]),
      }),
    });
  });

  test('of local has a password, because its PostgreSQL knows no IAM', () => {
    template('local', 'database').hasResourceProperties('AWS::RDS::DBInstance', {
      ManageMasterUserPassword: Match.absent(),
      MasterUserPassword: Match.anyValue(),
    });
  });

  test('has the connections that the configuration counts on', () => {
    production.hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Parameters: Match.objectLike({ max_connections: '800' }),
    });
  });
});

describe('the alarms of the database', () => {
  test.each([
    ['storage', 'FreeStorageSpace', 'LessThanThreshold', 10 * 2 ** 30],
    ['connections', 'DatabaseConnections', 'GreaterThanOrEqualToThreshold', 640],
    ['cpu', 'CPUUtilization', 'GreaterThanOrEqualToThreshold', 90],
    ['memory', 'FreeableMemory', 'LessThanThreshold', Math.floor((8 * 2 ** 30) / 10)],
    ['transaction-ids', 'MaximumUsedTransactionIDs', 'GreaterThanOrEqualToThreshold', 1_000_000_000],
  ])('on %s go by %s, %s %d', (name, metric, comparison, threshold) => {
    expect(alarms.get(name)).toEqual([metric, comparison, threshold]);
  });

  test('are all there are, and tell people both when they go off and when they are over', () => {
    expect(alarms.size).toBe(5);
    const topic = { 'Fn::ImportValue': Match.stringLikeRegexp('^understudy-production-signals:') };
    production.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topic], OKActions: [topic] });
  });

  test('come with what RDS itself has to say of the instance', () => {
    production.hasResourceProperties('AWS::RDS::EventSubscription', {
      SourceType: 'db-instance',
      EventCategories: Match.arrayWith(['failover', 'low storage']),
    });
  });
});

describe('the memory of an instance', () => {
  test.each([
    ['t4g.micro', 1],
    ['t4g.small', 2],
    ['m7g.large', 8],
    ['m7g.4xlarge', 64],
    ['r7g.xlarge', 32],
  ])('of class %s is %d GiB', (instance, gib) => {
    expect(instanceMemory(instance)).toBe(gib * 2 ** 30);
  });

  test.each(['x2g.large', 'm7g.huge', 'm7g', ''])('of class %j is not known', (instance) => {
    expect(instanceMemory(instance)).toBeNull();
  });

  test('bounds the connections, of which there are never more than 5000', () => {
    expect(connectionsOf(8 * 2 ** 30)).toBe(901);
    expect(connectionsOf(512 * 2 ** 30)).toBe(5000);
  });
});
