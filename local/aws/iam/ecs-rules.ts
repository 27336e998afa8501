import { arn } from '../arn.ts';
import { fullArn, get, type Input, lastPart, text, texts } from './inputs.ts';
import type { Context, Permission } from './policy.ts';
import { everywhere, type LookUp, on, type Rule } from './rule.ts';

const cluster = (input: Input): string => lastPart(text(input['cluster'])) || 'default';
const clusterContext = (input: Input): Context => ({ 'ecs:cluster': arn('ecs', `cluster/${cluster(input)}`) });

const onTasks =
  (action: string, ids: (input: Input) => readonly string[]): Rule =>
  (input) =>
    on(
      action,
      ids(input).map((id) => fullArn(id, 'ecs', (name) => `task/${cluster(input)}/${name}`)),
      clusterContext(input),
    );

const onServices =
  (action: string, names: (input: Input) => readonly string[]): Rule =>
  (input) =>
    on(
      action,
      names(input).map((name) => fullArn(name, 'ecs', (short) => `service/${cluster(input)}/${short}`)),
      clusterContext(input),
    );

/** Handing a role to a task takes `iam:PassRole`: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
const passRoles = (roles: readonly unknown[]): Permission[] =>
  on('iam:PassRole', roles.map(text).filter(Boolean), { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' });

const registerTaskDefinition: Rule = (input) => [
  ...on('ecs:RegisterTaskDefinition', [arn('ecs', `task-definition/${text(input['family'])}:*`)]),
  ...tagging(input, arn('ecs', `task-definition/${text(input['family'])}:*`)),
  ...passRoles([input['taskRoleArn'], input['executionRoleArn']]),
];

/** Roles that the call overrides are passed in place of the task definition's. */
const runTask: Rule = async (input, lookUp) => {
  const { taskDefinition } = Object(await describeTaskDefinition(input, lookUp));
  const overrides = input['overrides'];
  return [
    ...on('ecs:RunTask', [text(get(taskDefinition, 'taskDefinitionArn'))], clusterContext(input)),
    ...tagging(input, arn('ecs', `task/${cluster(input)}/*`)),
    ...passRoles([
      get(overrides, 'taskRoleArn') ?? get(taskDefinition, 'taskRoleArn'),
      get(overrides, 'executionRoleArn') ?? get(taskDefinition, 'executionRoleArn'),
    ]),
  ];
};

function describeTaskDefinition(input: Input, lookUp: LookUp): Promise<unknown> {
  return lookUp('ecs', 'DescribeTaskDefinition', { taskDefinition: text(input['taskDefinition']) });
}

/** Creating with tags takes `ecs:TagResource` too: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html */
function tagging(input: Input, resource: string): Permission[] {
  const tags = input['tags'];
  return Array.isArray(tags) && tags.length > 0 ? on('ecs:TagResource', [resource]) : [];
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export const ecsRules: Readonly<Record<string, Rule>> = {
  'ecs:DescribeClusters': (input) =>
    on(
      'ecs:DescribeClusters',
      texts(input['clusters']).map((name) => fullArn(name, 'ecs', (short) => `cluster/${short}`)),
    ),
  'ecs:DescribeServices': onServices('ecs:DescribeServices', (input) => texts(input['services'])),
  'ecs:UpdateService': onServices('ecs:UpdateService', (input) => [text(input['service'])]),
  'ecs:DescribeTaskDefinition': everywhere('ecs:DescribeTaskDefinition'),
  'ecs:ListTaskDefinitions': everywhere('ecs:ListTaskDefinitions'),
  'ecs:DeregisterTaskDefinition': everywhere('ecs:DeregisterTaskDefinition'),
  'ecs:RegisterTaskDefinition': registerTaskDefinition,
  'ecs:RunTask': runTask,
  'ecs:DescribeTasks': onTasks('ecs:DescribeTasks', (input) => texts(input['tasks'])),
  'ecs:StopTask': onTasks('ecs:StopTask', (input) => [text(input['task'])]),
  'ecs:ListTasks': (input) => on('ecs:ListTasks', ['*'], clusterContext(input)),
  'ecs:TagResource': (input) => on('ecs:TagResource', [text(input['resourceArn'])]),
};
