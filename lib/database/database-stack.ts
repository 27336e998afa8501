import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  CfnEventSubscription,
  Credentials,
  DatabaseInsightsMode,
  DatabaseInstance,
  DatabaseInstanceEngine,
  ParameterGroup,
  PerformanceInsightRetention,
  PostgresEngineVersion,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/config.ts';
import { acknowledge } from '../nag.ts';
import type { NetworkStack } from '../network/network-stack.ts';
import type { SignalsStack } from '../signals/signals-stack.ts';
import { databaseAlarms } from './database-alarms.ts';
import { DatabaseUsers } from './database-users.ts';

export interface DatabaseStackProps extends StackProps {
  readonly config: EnvironmentConfig;
  readonly network: NetworkStack;
  readonly signals: SignalsStack;
}

const exportedLogs = ['postgresql', 'upgrade'];

/**
 * Advanced has to keep 15 months, and its price contains that
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.Considerations.html).
 */
const insights = {
  standard: {
    databaseInsightsMode: DatabaseInsightsMode.STANDARD,
    performanceInsightRetention: PerformanceInsightRetention.DEFAULT,
  },
  advanced: {
    databaseInsightsMode: DatabaseInsightsMode.ADVANCED,
    performanceInsightRetention: PerformanceInsightRetention.MONTHS_15,
  },
};

/** How tasks reach PostgreSQL. */
export interface DatabaseAccess {
  readonly host: string;
  readonly port: string;
  readonly tls: boolean;
  readonly signIn: SignIn;
}

/** With a token that IAM gives to a role, or with the `username` and `password` of a secret. */
export type SignIn = { readonly kind: 'iam' } | { readonly kind: 'password'; readonly secret: ISecret };

/** The user that a service signs in as, where IAM says who it is. No other environment's database has it. */
export function databaseUser(environment: string, service: string): string {
  return `${environment}_${service}`.replaceAll('-', '_');
}

/** PostgreSQL on RDS: encrypted, in subnets without a way out, open to the services' tasks only. */
export class DatabaseStack extends Stack {
  readonly access: DatabaseAccess;

  constructor(scope: Construct, id: string, props: DatabaseStackProps) {
    super(scope, id, props);
    const { database, protectData, name } = props.config;
    const identifier = `understudy-${name}`;
    const logGroups = exportedLogs.map((log) => this.logGroup(identifier, log));
    const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
    const iam = database.signIn === 'iam';
    const instance = new DatabaseInstance(this, 'Instance', {
      engine,
      ...(iam
        ? {
            // RDS keeps the master user's password, which no task has, and rotates it every week.
            credentials: Credentials.fromUsername('understudy'),
            manageMasterUserPassword: true,
            iamAuthentication: true,
          }
        : { credentials: Credentials.fromGeneratedSecret('understudy', { secretName: `${identifier}/database` }) }),
      instanceIdentifier: identifier,
      instanceType: new InstanceType(database.instance),
      vpc: props.network.vpc,
      vpcSubnets: props.network.databaseSubnets,
      securityGroups: [props.network.databaseGroup],
      multiAz: database.multiAz,
      storageType: StorageType.GP3,
      allocatedStorage: database.storageGb,
      maxAllocatedStorage: database.storageGb * 4,
      storageEncrypted: true,
      backupRetention: Duration.days(database.backupDays),
      deleteAutomatedBackups: !protectData,
      deletionProtection: protectData,
      removalPolicy: protectData ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
      copyTagsToSnapshot: true,
      autoMinorVersionUpgrade: true,
      cloudwatchLogsExports: exportedLogs,
      ...insights[database.insights],
      parameterGroup: new ParameterGroup(this, 'Parameters', {
        engine,
        description: `Of ${identifier}`,
        parameters: {
          'rds.force_ssl': database.tls ? '1' : '0',
          max_connections: String(database.maxConnections),
          log_lock_waits: '1',
        },
      }),
    });
    instance.node.addDependency(...logGroups);
    databaseAlarms(this, { name: identifier, instance, settings: database, topic: props.signals.topic });
    new CfnEventSubscription(this, 'Events', {
      snsTopicArn: props.signals.topic.topicArn,
      sourceType: 'db-instance',
      sourceIds: [instance.instanceIdentifier],
      eventCategories: ['availability', 'failover', 'failure', 'low storage', 'maintenance', 'recovery'],
    });
    const { secret } = instance;
    if (secret === undefined) throw new Error('RDS has no secret for the master user understudy.');
    this.access = {
      host: instance.dbInstanceEndpointAddress,
      port: instance.dbInstanceEndpointPort,
      tls: database.tls,
      signIn: iam ? { kind: 'iam' } : { kind: 'password', secret },
    };
    if (iam) {
      new DatabaseUsers(this, 'Users', {
        name: identifier,
        instance,
        masterSecret: secret.secretArn,
        users: usersOf(props.config),
        network: props.network,
      });
    } else {
      acknowledge(
        instance,
        'AwsSolutions-SMG4',
        'Only the local stage has a password for its tasks, and what it holds can be made anew.',
      );
    }

    acknowledge(
      instance,
      'AwsSolutions-RDS11',
      'The port is open to the security groups of the tasks only; another number hides nothing from them.',
    );
    if (!database.multiAz) {
      acknowledge(instance, 'AwsSolutions-RDS3', `An outage of one zone may take ${name} down: it serves no users.`);
    }
    if (!protectData) {
      acknowledge(
        instance,
        'AwsSolutions-RDS10',
        `The data of ${name} can be made anew; the stack has to go as it came.`,
      );
    }
    if (database.backupDays === 0) {
      acknowledge(instance, 'AwsSolutions-RDS13', `The data of ${name} can be made anew.`);
    }
  }

  /** Made here, because RDS would make it without an end; it takes what is there under this name. */
  private logGroup(identifier: string, log: string): LogGroup {
    return new LogGroup(this, `Log-${log}`, {
      logGroupName: `/aws/rds/instance/${identifier}/${log}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

function usersOf({ name, services }: EnvironmentConfig): string[] {
  return Object.entries(services).flatMap(([service, { task }]) =>
    task.database === null ? [] : [databaseUser(name, service)],
  );
}
