import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';
import { bundle, bundleHandler } from './bundle.ts';

const nodejs24 = new Runtime('nodejs24.x', RuntimeFamily.NODEJS, { supportsInlineCode: true });

export interface WorkflowFunctionProps {
  readonly functionName: string;
  /** File that exports `handler`, from the repository's root: `lambda/steps/open.ts`. */
  readonly entry: string;
  readonly description: string;
  readonly timeout: Duration;
  /** @default 256 */
  readonly memoryMb?: number;
  /** @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * All that the function may do in AWS, apart from writing its own log. A wildcard in them needs
   * its reason: `acknowledge(workflowFunction.role, …)`.
   * @default nothing
   */
  readonly policies?: readonly PolicyStatement[];
  /** @default outside every VPC */
  readonly network?: {
    readonly vpc: IVpc;
    readonly subnets: SubnetSelection;
    readonly securityGroups: ISecurityGroup[];
  };
}

/**
 * A Lambda function of the release workflow: Node.js 24 on arm64, one bundled file, a log group with
 * an end, and a role of its own that may do what `policies` says and nothing else.
 *
 * With CDK's bundling switched off (context `aws:cdk:bundling-stacks` = `[]`, as the template tests
 * do) the code is a placeholder, so that a synthesis reads no handler and writes no asset.
 */
export class WorkflowFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: WorkflowFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${props.functionName}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    for (const statement of props.policies ?? []) this.role.addToPolicy(statement);
    if (props.network !== undefined) this.allowNetworkInterfaces();

    const folder = mkdtempSync(join(tmpdir(), 'understudy-bundle-'));
    try {
      this.function = new LambdaFunction(this, 'Function', {
        functionName: props.functionName,
        description: props.description,
        runtime: nodejs24,
        architecture: Architecture.ARM_64,
        handler: bundleHandler,
        code: this.code(props.entry, folder),
        timeout: props.timeout,
        memorySize: props.memoryMb ?? 256,
        role: this.role,
        logGroup,
        ...(props.environment && { environment: { ...props.environment } }),
        ...(props.network && {
          vpc: props.network.vpc,
          vpcSubnets: props.network.subnets,
          securityGroups: props.network.securityGroups,
        }),
      });
    } finally {
      // CDK has copied the bundle into the cloud assembly by now.
      rmSync(folder, { recursive: true });
    }
  }

  private code(entry: string, folder: string): Code {
    if (!Stack.of(this).bundlingRequired) return Code.fromInline(`// bundling is off: ${entry}`);
    bundle(entry, folder);
    return Code.fromAsset(folder);
  }

  /**
   * What Lambda itself needs to attach the function to the VPC
   * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions).
   */
  private allowNetworkInterfaces(): void {
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [
          'ec2:CreateNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:DeleteNetworkInterface',
          'ec2:AssignPrivateIpAddresses',
          'ec2:UnassignPrivateIpAddresses',
        ],
        resources: ['*'],
      }),
    );
    acknowledge(
      this.role,
      'AwsSolutions-IAM5[Resource::*]',
      'Lambda attaches the function to the VPC with these actions; EC2 knows no resource for them before the interface exists.',
    );
  }
}
