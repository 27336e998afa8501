import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnIPSet, CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { firewallRules, visibility } from './firewall-rules.ts';

export interface FirewallProps {
  /** Of the web ACL, its IP set and, after `aws-waf-logs-`, its log group. */
  readonly name: string;
  readonly loadBalancerArn: string;
  /** The VPC's addresses. Who comes from them is the prober: users come from outside. */
  readonly vpcCidr: string;
  readonly requestsPerAddress: number;
  readonly largeBodyPaths: readonly string[];
}

/**
 * The web application firewall in front of every listener of the load balancer. It logs what a rule
 * counted or blocked, without the credentials in it; all other requests are in the access log.
 */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    const vpc = new CfnIPSet(this, 'Vpc', {
      name: `${props.name}-vpc`,
      description: 'The prober, which asks the load balancer from inside the VPC',
      scope: 'REGIONAL',
      ipAddressVersion: 'IPV4',
      addresses: [props.vpcCidr],
    });
    const acl = new CfnWebACL(this, 'WebAcl', {
      name: props.name,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility(props.name),
      rules: firewallRules({ ...props, unlimited: vpc.attrArn }),
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: props.loadBalancerArn, webAclArn: acl.attrArn });
    this.log(acl, `aws-waf-logs-${props.name}`);
  }

  /**
   * The prefix of the log group's name, and an ARN without `:*`, are what WAF asks for
   * (https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html).
   */
  private log(acl: CfnWebACL, logGroupName: string): void {
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const conditions = ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((Action) => ({ ActionCondition: { Action } }));
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: logGroupName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
      redactedFields: ['authorization', 'cookie'].map((Name) => ({ singleHeader: { Name } })),
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [{ Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: conditions }],
      },
    });
    logging.node.addDependency(logGroup);
  }
}
