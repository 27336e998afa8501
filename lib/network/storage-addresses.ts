import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IPeer, Peer } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';

/**
 * The addresses of S3 in the region: the prefix list that AWS keeps, and which the gateway endpoint routes. Its id
 * differs by region and stands in no list of AWS's, so that it is asked for while the stack is deployed
 * (https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html).
 */
export class StorageAddresses extends Construct {
  readonly peer: IPeer;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { region } = Stack.of(this);
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    role.addToPolicy(new PolicyStatement({ actions: ['ec2:DescribeManagedPrefixLists'], resources: ['*'] }));
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'Descriptions of prefix lists cannot be limited to a resource.',
    );

    const found = new AwsCustomResource(this, 'Resource', {
      resourceType: 'Custom::StorageAddresses',
      // On creation too. The SDK is the runtime's: nothing is installed while a stack is deployed.
      onUpdate: {
        service: 'EC2',
        action: 'DescribeManagedPrefixLists',
        parameters: { Filters: [{ Name: 'prefix-list-name', Values: [`com.amazonaws.${region}.s3`] }] },
        physicalResourceId: PhysicalResourceId.of(`s3-${region}`),
        outputPaths: ['PrefixLists.0.PrefixListId'],
      },
      installLatestAwsSdk: false,
      role,
      logGroup,
      timeout: Duration.minutes(1),
    });
    found.node.addDependency(role);
    this.peer = Peer.prefixList(found.getResponseField('PrefixLists.0.PrefixListId'));
  }
}
