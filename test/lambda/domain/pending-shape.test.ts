import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { isPending } from '../../../lambda/domain/pending-shape.ts';
import { newRevision } from '../../../lambda/domain/revision.ts';
import type { ServiceShape } from '../../../lambda/domain/service.ts';

const shape: ServiceShape = {
  taskDefinition: 'arn:aws:ecs:eu-central-1:111111111111:task-definition/understudy-dev-backstage:1',
  container: 'backstage',
  port: 7007,
  subnets: ['subnet-a', 'subnet-b'],
  securityGroups: ['sg-tasks'],
  platformVersion: '1.4.0',
  rehearsal: null,
};
const network = { subnets: ['subnet-b', 'subnet-a'], securityGroups: ['sg-tasks'] };
const image = `registry/understudy-dev/backstage@sha256:${'1'.repeat(64)}`;

/** What `cdk deploy` writes. */
const deployed = (memory: string): TaskDefinition => ({
  taskDefinitionArn: shape.taskDefinition,
  revision: 1,
  family: 'understudy-dev-backstage',
  cpu: '1024',
  memory,
  containerDefinitions: [
    { name: 'backstage', image: 'public.ecr.aws/docker/library/node:24-alpine', command: ['node', '-e', '0'] },
  ],
});

/** What ECS answers for the revision that a release of the image registers. */
function released(wanted: TaskDefinition): TaskDefinition {
  const { tags: _, ...revision } = newRevision({ shape: wanted, container: 'backstage', image, release: 'r1' });
  return { ...revision, revision: 2, status: 'ACTIVE', registeredAt: new Date(0) };
}

describe('the shape', () => {
  const before = deployed('2048');
  const after = deployed('4096');

  test('is not pending while it is what serves', () => {
    expect(isPending({ live: released(before), wanted: before, shape, network })).toBe(false);
    expect(isPending({ live: before, wanted: before, shape, network })).toBe(false);
  });

  test('is pending once a deploy has changed it', () => {
    expect(isPending({ live: released(before), wanted: after, shape, network })).toBe(true);
  });

  test('is not pending any more when the same image has been released again', () => {
    expect(isPending({ live: released(after), wanted: after, shape, network })).toBe(false);
  });

  test('is pending when the tasks are to run in other subnets', () => {
    const wider = { ...shape, subnets: [...shape.subnets, 'subnet-c'] };
    expect(isPending({ live: released(before), wanted: before, shape: wider, network })).toBe(true);
  });
});
