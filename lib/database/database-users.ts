import { Duration, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { asInterface } from '../as-interface.ts';
import { WorkflowFunction } from '../functions/workflow-function.ts';
import { acknowledge } from '../nag.ts';
import type { NetworkStack } from '../network/network-stack.ts';

export interface DatabaseUsersProps {
  readonly name: string;
  readonly instance: DatabaseInstance;
  /** ARN of the master user's secret. */
  readonly masterSecret: string;
  readonly users: readonly string[];
  readonly network: NetworkStack;
}

/**
 * Makes the users that services sign in as, once the database is there and whenever one is added: SQL, and nothing
 * that CloudFormation could do. The function has to be inside the VPC; what tells CloudFormation of it is outside.
 */
export class DatabaseUsers extends Construct {
  constructor(scope: Construct, id: string, { name, instance, masterSecret, users, network }: DatabaseUsersProps) {
    super(scope, id);
    const maker = new WorkflowFunction(this, 'Maker', {
      functionName: `${name}-database-users`,
      entry: 'lambda/database/handler.ts',
      description: 'Makes the users that services sign in to the database as',
      timeout: Duration.minutes(1),
      environment: {
        POSTGRES_HOST: instance.dbInstanceEndpointAddress,
        POSTGRES_PORT: instance.dbInstanceEndpointPort,
        MASTER_SECRET: masterSecret,
        USERS: users.join(','),
      },
      policies: [new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [masterSecret] })],
      network: {
        vpc: network.vpc,
        subnets: network.taskSubnets,
        securityGroups: [asInterface<ISecurityGroup>(network.databaseUsersGroup)],
      },
    });
    const trigger = new Trigger(this, 'Trigger', { handler: maker.function, timeout: Duration.minutes(2) });
    trigger.executeAfter(instance);
    this.acknowledgeProvider();
  }

  /** CDK's own function behind a trigger, one for each stack. */
  private acknowledgeProvider(): void {
    const provider = Stack.of(this).node.findChild('AWSCDK.TriggerCustomResourceProviderCustomResourceProvider');
    acknowledge(provider, 'AwsSolutions-L1', 'CDK decides what its own function runs on.');
  }
}
