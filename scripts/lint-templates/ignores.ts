export interface Ignore {
  /** Of cfn-lint: `W3005`. */
  readonly rule: string;
  /** Where it is right as it is: what the path of the finding inside the template begins with. */
  readonly at: RegExp;
  readonly reason: string;
}

/** The findings that are right as they are. One that no template has any more is told, and has to go. */
export const ignores: readonly Ignore[] = [
  {
    rule: 'W3005',
    at: /^Resources\/\w+\/DependsOn/,
    reason:
      'CDK makes a resource wait for a whole role, with its policies; cfn-lint sees only that it refers to the role.',
  },
  {
    rule: 'W3010',
    at: /^Resources\/\w+\/Properties\/AvailabilityZone$/,
    reason:
      'The configuration names the zones: a synthesis looks nothing up, and a subnet must not move to another one.',
  },
  {
    rule: 'W3691',
    at: /^Resources\/Instance\w+\/Properties$/,
    reason:
      'A major version alone lets RDS keep to its supported minor versions; the rule takes the bare number for the first of them, which is gone.',
  },
];
