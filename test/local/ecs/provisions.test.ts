import { describe, expect, test } from '@jest/globals';
import { ecsProvisions } from '../../../local/ecs/provisions.ts';
import { world } from './world.ts';

const taskDefinition = {
  Family: 'backstage',
  Cpu: '512',
  Memory: '1024',
  NetworkMode: 'awsvpc',
  RequiresCompatibilities: ['FARGATE'],
  ContainerDefinitions: [
    {
      Name: 'backstage',
      Image: 'good@1',
      Essential: true,
      PortMappings: [{ ContainerPort: 7007, Protocol: 'tcp' }],
      Environment: [{ Name: 'PORT', Value: '7007' }],
      StopTimeout: 60,
      LogConfiguration: {
        LogDriver: 'awslogs',
        Options: { 'awslogs-group': '/x', 'awslogs-stream-prefix': 'backstage' },
      },
    },
  ],
};

function deployed() {
  const stage = world();
  const provisions = ecsProvisions(stage.ecs);
  const provision = (logicalId: string, type: string, properties: Readonly<Record<string, unknown>>) => {
    const make = provisions[`AWS::ECS::${type}`];
    if (make === undefined) throw new Error(`no provision for ${type}`);
    return make({ stack: 'frozen', logicalId, type: `AWS::ECS::${type}`, properties });
  };
  const service = {
    ServiceName: 'backstage',
    Cluster: 'understudy',
    TaskDefinition: 'backstage',
    DeploymentController: { Type: 'CODE_DEPLOY' },
    LaunchType: 'FARGATE',
    HealthCheckGracePeriodSeconds: 60,
    LoadBalancers: [{ ContainerName: 'backstage', ContainerPort: 7007, TargetGroupArn: stage.a.arn }],
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'], AssignPublicIp: 'DISABLED' } },
  };
  return { ...stage, provision, service };
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECS.html
describe('a template’s', () => {
  test('cluster has its name as reference', async () => {
    const { provision } = deployed();
    expect(await provision('Cluster', 'Cluster', { ClusterName: 'other' })).toEqual({
      ref: 'other',
      attributes: { Arn: 'arn:aws:ecs:us-east-1:111111111111:cluster/other' },
    });
  });

  test('task definition is a new revision each time it changes, and the old one stays', async () => {
    const { provision, operations } = deployed();
    const first = await provision('Shape', 'TaskDefinition', taskDefinition);
    expect(await provision('Shape', 'TaskDefinition', taskDefinition)).toEqual(first);
    const second = await provision('Shape', 'TaskDefinition', { ...taskDefinition, Cpu: '1024' });
    expect([first.ref, second.ref].map((ref) => ref.split('/')[1])).toEqual(['backstage:1', 'backstage:2']);
    expect(operations.ListTaskDefinitions({ familyPrefix: 'backstage' }).taskDefinitionArns).toHaveLength(2);
    expect(operations.DescribeTaskDefinition({ taskDefinition: first.ref }).taskDefinition).toMatchObject({
      networkMode: 'awsvpc',
      containerDefinitions: [
        {
          environment: [{ name: 'PORT', value: '7007' }],
          stopTimeout: 60,
          logConfiguration: { options: { 'awslogs-group': '/x' } },
        },
      ],
    });
  });

  test('service takes the family’s latest revision and one task, unless it says otherwise', async () => {
    const { provision, service, operations } = deployed();
    await provision('Shape', 'TaskDefinition', taskDefinition);
    await provision('Shape', 'TaskDefinition', { ...taskDefinition, Cpu: '1024' });
    expect(await provision('Service', 'Service', service)).toEqual({
      ref: 'arn:aws:ecs:us-east-1:111111111111:service/understudy/backstage',
      attributes: expect.objectContaining({ Name: 'backstage' }),
    });
    expect(operations.DescribeServices({ cluster: 'understudy', services: ['backstage'] }).services).toMatchObject([
      { desiredCount: 1, healthCheckGracePeriodSeconds: 60, taskDefinition: expect.stringContaining('backstage:2') },
    ]);
  });

  test('service cannot be updated: CloudFormation resends every property, and ECS refuses (aws/aws-cdk#25777)', async () => {
    const { provision, service } = deployed();
    await provision('Shape', 'TaskDefinition', taskDefinition);
    await provision('Service', 'Service', service);
    await expect(async () => provision('Service', 'Service', { ...service, DesiredCount: 2 })).rejects.toThrow(
      'on services with a CODE_DEPLOY deployment controller',
    );
  });

  test('service of another kind is refused, and so is a task of two containers', async () => {
    const { provision, service, operations } = deployed();
    await expect(async () =>
      provision('Service', 'Service', { ...service, DeploymentController: { Type: 'ECS' } }),
    ).rejects.toThrow('CODE_DEPLOY');
    const [container] = taskDefinition.ContainerDefinitions;
    const two = [container, { ...container, Name: 'sidecar' }];
    await provision('Shape', 'TaskDefinition', { ...taskDefinition, ContainerDefinitions: two });
    const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
    expect(() =>
      operations.RunTask({ cluster: 'understudy', taskDefinition: 'backstage', networkConfiguration }),
    ).toThrow('The stage runs tasks of one container');
  });
});
