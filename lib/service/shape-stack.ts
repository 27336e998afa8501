import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { serviceNames } from '../../lambda/domain/names.ts';
import type { ServiceShape } from '../../lambda/domain/service.ts';
import { acknowledge } from '../nag.ts';
import { bootstrapCommand } from './bootstrap.ts';
import { serviceRepository } from './repository.ts';
import { type ServiceStackProps, serviceConfig } from './service-props.ts';
import { TaskAccess } from './task-access.ts';

const platformVersion = '1.4.0';

/**
 * The one place that a task may write to, gone with it. It belongs to whom the image says: `VOLUME /tmp` in the
 * Dockerfile keeps it open to every user
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html#bind-mount-considerations).
 */
const scratch = 'scratch';

/**
 * How a service's tasks are run: the *shape*. A change here makes a new task definition and tells the
 * next release about it; what is running stays as it was released.
 */
export class ShapeStack extends Stack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { frozen, task, logRetentionDays } = serviceConfig(props);
    const names = serviceNames(props.config.name, props.service);

    const repository = serviceRepository(this, names.repository, props.config.protectData);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: names.logGroup,
      retention: logRetentionDays,
      removalPolicy: props.config.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const access = new TaskAccess(this, 'Access', { ...props, repository, logGroup });

    const shape = new CfnTaskDefinition(this, 'Shape', {
      family: names.family,
      cpu: String(task.cpu),
      memory: String(task.memoryMb),
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      executionRoleArn: access.executionRole.roleArn,
      taskRoleArn: access.taskRole.roleArn,
      volumes: [{ name: scratch }],
      containerDefinitions: [
        {
          name: props.service,
          image: task.bootstrapImage,
          command: [...bootstrapCommand],
          essential: true,
          portMappings: [{ containerPort: frozen.port, protocol: 'tcp' }],
          environment: Object.entries({ PORT: String(frozen.port), ...access.environment, ...task.environment }).map(
            ([name, value]) => ({ name, value }),
          ),
          secrets: Object.entries(access.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
          stopTimeout: task.stopTimeoutSeconds,
          linuxParameters: { initProcessEnabled: true },
          readonlyRootFilesystem: true,
          mountPoints: [{ sourceVolume: scratch, containerPath: '/tmp', readOnly: false }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': logGroup.logGroupName,
              'awslogs-region': this.region,
              'awslogs-stream-prefix': props.service,
            },
          },
        },
      ],
    });
    // A release that is live, or that a rollback goes back to, may have been registered from this shape.
    shape.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    shape.node.addDependency(access);
    acknowledge(
      shape,
      'AwsSolutions-ECS2',
      'The plain variables are settings that anybody may read in the configuration; every secret is a `secrets` entry.',
    );

    const sealed = props.network.rehearsalGroup(props.service);
    const parameter: ServiceShape = {
      taskDefinition: shape.ref,
      container: props.service,
      port: frozen.port,
      subnets: props.network.vpc.selectSubnets(props.network.taskSubnets).subnetIds,
      securityGroups: [props.network.serviceGroup(props.service).securityGroupId],
      platformVersion,
      rehearsal: sealed && { securityGroups: [sealed.securityGroupId], taskRole: access.rehearsalRole.roleArn },
    };
    // Told after every deploy; whether something serves with another one, only `status` can tell.
    new CfnOutput(this, 'NextShape', {
      value: shape.ref,
      description: `Shape of ${props.service} from its next release on; whether it is pending: npm run release -- status --environment ${props.config.name}`,
    });
    new CfnParameter(this, 'ShapeParameter', {
      name: names.shapeParameter,
      description: `How tasks of ${props.service} are run, from the next release on`,
      type: 'String',
      value: this.toJsonString(parameter),
    });
  }
}
