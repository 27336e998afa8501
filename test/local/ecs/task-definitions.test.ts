import { expect, test } from '@jest/globals';
import { world } from './world.ts';

const arn = (number: number) => `arn:aws:ecs:us-east-1:111111111111:task-definition/backstage:${number}`;

test('a family’s revisions count up, and the family alone means the latest active one (task_definitions.html)', () => {
  const { register, operations } = world();
  register('good@1');
  register('good@2');
  expect(operations.DescribeTaskDefinition({ taskDefinition: 'backstage' }).taskDefinition).toMatchObject({
    taskDefinitionArn: arn(2),
    revision: 2,
    status: 'ACTIVE',
  });
  operations.DeregisterTaskDefinition({ taskDefinition: 'backstage:2' });
  expect(operations.DescribeTaskDefinition({ taskDefinition: 'backstage' }).taskDefinition?.revision).toBe(1);
  expect(operations.DescribeTaskDefinition({ taskDefinition: arn(2) }).taskDefinition?.status).toBe('INACTIVE');
});

test('lists are of active revisions, in order or reversed, page by page (API_ListTaskDefinitions.html)', () => {
  const { register, operations } = world();
  for (const image of ['good@1', 'good@2', 'good@3']) register(image);
  operations.DeregisterTaskDefinition({ taskDefinition: 'backstage:1' });
  const first = operations.ListTaskDefinitions({ familyPrefix: 'backstage', sort: 'DESC', maxResults: 1 });
  expect(first.taskDefinitionArns).toEqual([arn(3)]);
  const second = operations.ListTaskDefinitions({
    familyPrefix: 'backstage',
    sort: 'DESC',
    nextToken: first.nextToken,
  });
  expect(second).toEqual({ taskDefinitionArns: [arn(2)], nextToken: undefined });
  expect(operations.ListTaskDefinitions({ status: 'INACTIVE' }).taskDefinitionArns).toEqual([arn(1)]);
  expect(operations.ListTaskDefinitions({ familyPrefix: 'back' }).taskDefinitionArns).toEqual([]);
});

test('tags are told only when asked for (API_DescribeTaskDefinition.html)', () => {
  const { operations } = world();
  const tags = [{ key: 'release', value: '1' }];
  operations.RegisterTaskDefinition({ family: 'tagged', containerDefinitions: [{ name: 'x', image: 'good' }], tags });
  expect(operations.DescribeTaskDefinition({ taskDefinition: 'tagged' }).tags).toBeUndefined();
  expect(operations.DescribeTaskDefinition({ taskDefinition: 'tagged', include: ['TAGS'] }).tags).toEqual(tags);
});

test('what does not exist cannot be described, and an inactive revision starts nothing new (deregister-task-definition-v2.html)', () => {
  const { register, operations } = world();
  register('good@1');
  operations.DeregisterTaskDefinition({ taskDefinition: 'backstage:1' });
  expect(() => operations.DescribeTaskDefinition({ taskDefinition: 'other' })).toThrow(
    expect.objectContaining({ code: 'ClientException' }),
  );
  expect(() => operations.RunTask({ cluster: 'understudy', taskDefinition: 'backstage:1' })).toThrow(
    'TaskDefinition is inactive',
  );
});
