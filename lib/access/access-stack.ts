import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  ArnPrincipal,
  CfnOIDCProvider,
  CompositePrincipal,
  type PrincipalBase,
  Role,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { environmentNames } from '../../lambda/domain/names.ts';
import type { AccessConfig } from '../config/access-schema.ts';
import type { EnvironmentConfig } from '../config/config.ts';
import { acknowledgeWide, toStatement } from '../release/grant.ts';
import { githubIssuer, githubTrust } from './github.ts';
import { type AccessRole, accessRoles } from './roles.ts';

export interface AccessStackProps extends StackProps {
  readonly config: EnvironmentConfig;
  readonly access: AccessConfig;
}

/** As long as a job of GitHub may run, because the pipeline of a release follows it to its end. */
const longestJob = Duration.hours(6);

/**
 * The roles of pipelines and people. It knows everything by name, so that it deploys alone: before anything else,
 * because a pipeline that deploys the rest needs its role from here, or after it.
 */
export class AccessStack extends Stack {
  constructor(scope: Construct, id: string, props: AccessStackProps) {
    super(scope, id, props);
    const { config, access } = props;
    const providerArn = this.provider(access);
    const roles = accessRoles(access, {
      environment: config.name,
      services: Object.keys(config.services),
      region: this.region,
      account: this.account,
    });
    for (const role of roles) this.role(role, props, providerArn);
  }

  /**
   * GitHub's certificate is checked by AWS itself, so that no thumbprint is kept here
   * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html).
   */
  private provider({ provider }: AccessConfig): string {
    if (provider === 'existing') return `arn:aws:iam::${this.account}:oidc-provider/${githubIssuer}`;
    return new CfnOIDCProvider(this, 'Github', {
      url: `https://${githubIssuer}`,
      clientIdList: ['sts.amazonaws.com'],
    }).attrArn;
  }

  private role(role: AccessRole, { config, access }: AccessStackProps, providerArn: string): void {
    const principals = [
      ...(role.pipeline === null
        ? []
        : [new WebIdentityPrincipal(providerArn, githubTrust(access, role.pipeline.context, role.pipeline.refs))]),
      ...role.people.map((arn) => new ArnPrincipal(arn)),
    ];
    const [first, ...others] = principals;
    // IAM has no role that nobody may take.
    if (first === undefined) return;
    const made = new Role(this, role.name, {
      roleName: `${environmentNames(config.name).prefix}-access-${role.name}`,
      description: role.description,
      assumedBy: new CompositePrincipal(first, ...others) satisfies PrincipalBase,
      maxSessionDuration: longestJob,
    });
    for (const grant of role.grants) made.addToPolicy(toStatement(grant));
    acknowledgeWide(made, role.grants, (arn) => arn.replaceAll(this.account, '<AWS::AccountId>'));
  }
}
