import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Lets one cdk-nag finding on one construct, and on what is inside it, pass.
 *
 * @param finding the rule, with the finding it makes where it makes several: `AwsSolutions-IAM5[Resource::*]`
 * @param reason why this finding, in this place, is right as it is
 */
export function acknowledge(construct: IConstruct, finding: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: finding, reason });
}
