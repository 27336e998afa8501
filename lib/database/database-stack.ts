import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import {
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  ParameterGroup,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/config.ts';
import { acknowledge } from '../nag.ts';
import type { NetworkStack } from '../network/network-stack.ts';

export interface DatabaseStackProps extends StackProps {
  readonly config: EnvironmentConfig;
  readonly network: NetworkStack;
}

/** How tasks reach PostgreSQL. The secret has the keys `username` and `password`. */
export interface DatabaseAccess {
  readonly host: string;
  readonly port: string;
  readonly secret: ISecret;
  readonly tls: boolean;
}

/** PostgreSQL on RDS: encrypted, in subnets without a way out, open to the services' tasks only. */
export class DatabaseStack extends Stack {
  readonly access: DatabaseAccess;

  constructor(scope: Construct, id: string, props: DatabaseStackProps) {
    super(scope, id, props);
    const { database, protectData, name } = props.config;
    const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
    const credentials = Credentials.fromGeneratedSecret('understudy', {
      secretName: `understudy-${name}/database`,
    });
    const instance = new DatabaseInstance(this, 'Instance', {
      engine,
      credentials,
      instanceIdentifier: `understudy-${name}`,
      instanceType: new InstanceType(database.instance),
      vpc: props.network.vpc,
      vpcSubnets: props.network.databaseSubnets,
      securityGroups: [props.network.databaseGroup],
      multiAz: database.multiAz,
      allocatedStorage: database.storageGb,
      maxAllocatedStorage: database.storageGb * 4,
      storageEncrypted: true,
      backupRetention: Duration.days(database.backupDays),
      deletionProtection: protectData,
      removalPolicy: protectData ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
      copyTagsToSnapshot: true,
      autoMinorVersionUpgrade: true,
      cloudwatchLogsExports: ['postgresql'],
      parameterGroup: new ParameterGroup(this, 'Parameters', {
        engine,
        description: `Of understudy-${name}`,
        parameters: { 'rds.force_ssl': database.tls ? '1' : '0' },
      }),
    });
    if (instance.secret === undefined) throw new Error('RDS generated no secret for the database user understudy.');
    this.access = {
      host: instance.dbInstanceEndpointAddress,
      port: instance.dbInstanceEndpointPort,
      secret: instance.secret,
      tls: database.tls,
    };

    acknowledge(
      instance,
      'AwsSolutions-SMG4',
      'Rotation would leave running tasks with a stale password until they restart; it has to go together with a release.',
    );
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
}
