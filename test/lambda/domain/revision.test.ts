import { expect, test } from '@jest/globals';
import { newRevision } from '../../../lambda/domain/revision.ts';
import { digestOf, shape, uri } from './samples.ts';

const image = `${uri}@${digestOf('b')}`;
const definition = {
  taskDefinitionArn: shape.taskDefinition,
  family: 'understudy-local-trucks',
  revision: 1,
  status: 'ACTIVE' as const,
  registeredAt: new Date(0),
  compatibilities: ['FARGATE' as const],
  cpu: '256',
  taskRoleArn: 'arn:aws:iam::111111111111:role/understudy-local-trucks-task',
  containerDefinitions: [
    { name: 'trucks', image: 'node:24', command: ['node', '-e', '…'], environment: [{ name: 'PORT', value: '7100' }] },
    { name: 'sidecar', image: 'sidecar:1', command: ['run'] },
  ],
};
const make = (container: string) => newRevision({ shape: definition, container, image, release: 'trucks-2' });

test('the new image takes the bootstrap image’s place, without the bootstrap’s command', () => {
  expect(make('trucks').containerDefinitions).toEqual([
    { name: 'trucks', image, environment: [{ name: 'PORT', value: '7100' }] },
    { name: 'sidecar', image: 'sidecar:1', command: ['run'] },
  ]);
});

test('what the shape says of the task stays, and what ECS assigns goes', () => {
  const { containerDefinitions: _, ...rest } = make('trucks');
  expect(rest).toEqual({
    family: 'understudy-local-trucks',
    cpu: '256',
    taskRoleArn: 'arn:aws:iam::111111111111:role/understudy-local-trucks-task',
    tags: [{ key: 'understudy:release', value: 'trucks-2' }],
  });
});

test('a shape without the service’s container is an error that names both', () => {
  expect(() => make('lorries')).toThrow(/no container lorries, it has: trucks, sidecar/);
});
