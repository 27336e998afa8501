import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';

/** Permission for some actions on some resources. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** @default none */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Why no narrower resource will do; needed where one of them has a wildcard. */
  readonly why?: string;
}

/** @throws RangeError for a wildcard without a reason */
export function toStatement(grant: Grant): PolicyStatement {
  if (grant.why === undefined && grant.resources.some(isWild)) {
    throw new RangeError(`${grant.actions.join(', ')} on ${grant.resources.join(', ')} is wide: say why.`);
  }
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions: [...grant.actions],
    resources: [...grant.resources],
    ...(grant.conditions && { conditions: { ...grant.conditions } }),
  });
}

/** Gives cdk-nag the reasons of the grants that are wide. */
export function acknowledgeWide(role: Construct, grants: readonly Grant[], readable: (arn: string) => string): void {
  const reasons = new Map<string, string[]>();
  for (const grant of grants) {
    for (const resource of grant.resources.filter(isWild)) {
      reasons.set(resource, [...(reasons.get(resource) ?? []), `${grant.actions.join(', ')}: ${grant.why}`]);
    }
  }
  for (const [resource, told] of reasons) {
    acknowledge(role, `AwsSolutions-IAM5[Resource::${readable(resource)}]`, told.join(' '));
  }
}

function isWild(resource: string): boolean {
  return /[*?]/.test(resource);
}
