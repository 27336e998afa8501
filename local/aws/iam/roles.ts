import { parsePolicy, type Statement } from './policy.ts';

/**
 * AWS managed policies that templates attach by ARN, as far as the stage meets them.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const managedPolicies: Readonly<Record<string, readonly string[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
  'service-role/AWSLambdaVPCAccessExecutionRole': [
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  // Used by CodeDeploy itself, whose calls the stage does not authorize.
  AWSCodeDeployRoleForECS: [],
  AWSCodeDeployRoleForECSLimited: [],
  'service-role/AmazonECSTaskExecutionRolePolicy': [
    'ecr:GetAuthorizationToken',
    'ecr:BatchCheckLayerAvailability',
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchGetImage',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ],
};

/** The roles of the synthesized templates, and what their policies say. */
export class Roles {
  readonly #policies = new Map<string, Map<string, readonly Statement[]>>();

  /** A role that exists already loses its inline and managed policies, which the template is about to give anew. */
  create(role: string): void {
    this.#policies.set(role, new Map());
  }

  /** Puts a policy on a role; one of the same name is replaced. */
  put(role: string, policyName: string, document: unknown): void {
    const policies = this.#policies.get(role) ?? new Map<string, readonly Statement[]>();
    policies.set(policyName, parsePolicy(document));
    this.#policies.set(role, policies);
  }

  /** @throws for a managed policy that the stage does not know */
  attachManaged(role: string, policyArn: string): void {
    const name = policyArn.split(':policy/')[1] ?? policyArn;
    const actions = managedPolicies[name];
    if (actions === undefined) {
      throw new Error(
        `Role ${role} has the managed policy ${policyArn}, which the stage does not know. ` +
          `Add its actions to local/aws/iam/roles.ts, or use an inline policy.`,
      );
    }
    this.put(role, policyArn, { Statement: { Effect: 'Allow', Action: actions, Resource: '*' } });
  }

  statements(role: string): Statement[] {
    return [...(this.#policies.get(role)?.values() ?? [])].flat();
  }
}
