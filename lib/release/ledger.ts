import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { environmentNames } from '../../lambda/domain/names.ts';
import type { EnvironmentConfig } from '../config/config.ts';

/** The ledger of all releases: who holds the lock, what is live, and every release as it ended. */
export class Ledger extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      tableName: environmentNames(config.name).ledgerTable,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      // Signals to running releases; releases themselves have no such attribute and stay.
      timeToLiveAttribute: 'expires',
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: config.name !== 'local',
      removalPolicy: config.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
