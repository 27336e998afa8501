import { arn } from '../arn.ts';
import { type Input, text } from './inputs.ts';
import type { Permission } from './policy.ts';
import { on, type Rule } from './rule.ts';

const instance = (input: Input, member = 'DBInstanceIdentifier'): string => arn('rds', `db:${text(input[member])}`);
const snapshot = (input: Input): string => arn('rds', `snapshot:${text(input['DBSnapshotIdentifier'])}`);

/** Creating with tags takes `rds:AddTagsToResource` too. */
const tagging = (input: Input, resource: string): Permission[] =>
  Array.isArray(input['Tags']) && input['Tags'].length > 0 ? on('rds:AddTagsToResource', [resource]) : [];

/** Without a snapshot's name the answer may hold any. */
const describeSnapshots: Rule = (input) => {
  if (input['DBSnapshotIdentifier'] !== undefined) return on('rds:DescribeDBSnapshots', [snapshot(input)]);
  const instances = input['DBInstanceIdentifier'] === undefined ? [] : [instance(input)];
  return on('rds:DescribeDBSnapshots', [...instances, arn('rds', 'snapshot:*')]);
};

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html */
export const rdsRules: Readonly<Record<string, Rule>> = {
  'rds:CreateDBSnapshot': (input) => [
    ...on('rds:CreateDBSnapshot', [instance(input), snapshot(input)]),
    ...tagging(input, snapshot(input)),
  ],
  'rds:DeleteDBSnapshot': (input) => on('rds:DeleteDBSnapshot', [snapshot(input)]),
  'rds:DescribeDBSnapshots': describeSnapshots,
};
