import { type CfnResource, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';

/**
 * A stack policy that lets everything be updated but some resources. Without the first statement the
 * policy would protect all, for what it does not mention is denied
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html).
 *
 * @param logicalIds of the resources that no update of the stack may change, replace or take away
 */
export function denyUpdates(logicalIds: readonly string[]): object {
  return {
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: ['Update:Modify', 'Update:Replace', 'Update:Delete'],
        Resource: logicalIds.map((logicalId) => `LogicalResourceId/${logicalId}`),
      },
    ],
  };
}

export interface StackPolicyProps {
  /** The stack to protect: another one than this construct's, for it has to exist already. */
  readonly stack: Stack;
  readonly frozen: readonly CfnResource[];
}

/**
 * Sets the stack policy of another stack, which neither CDK nor CloudFormation's templates can do
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html).
 *
 * There is no call when this resource is deleted: a policy cannot be taken away, only replaced, and
 * a service that outlives the stack which delivers it stays protected. Deleting the protected stack
 * itself needs no unlocking, since a stack policy applies to updates only.
 */
export class StackPolicy extends Construct {
  constructor(scope: Construct, id: string, { stack, frozen }: StackPolicyProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    const arn = stack.formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName: `${stack.stackName}/*`,
    });
    role.addToPolicy(new PolicyStatement({ actions: ['cloudformation:SetStackPolicy'], resources: [arn] }));
    acknowledge(
      role,
      `AwsSolutions-IAM5[Resource::arn:aws:cloudformation:${stack.region}:<AWS::AccountId>:stack/${stack.stackName}/*]`,
      'The rest of a stack’s ARN is the id that CloudFormation gives it; its name is exact.',
    );

    const policy = new AwsCustomResource(this, 'Resource', {
      resourceType: 'Custom::StackPolicy',
      // On creation too. The SDK is the runtime's: nothing is installed while a stack is deployed.
      onUpdate: {
        service: 'CloudFormation',
        action: 'SetStackPolicy',
        parameters: {
          StackName: stack.stackName,
          StackPolicyBody: JSON.stringify(denyUpdates(frozen.map((resource) => stack.getLogicalId(resource)))),
        },
        physicalResourceId: PhysicalResourceId.of(`${stack.stackName}-policy`),
      },
      installLatestAwsSdk: false,
      role,
      logGroup,
      timeout: Duration.minutes(1),
    });
    policy.node.addDependency(role);
  }
}
