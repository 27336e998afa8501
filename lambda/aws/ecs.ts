import {
  type Attachment,
  type AwsVpcConfiguration,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  StopTaskCommand,
  type Tag,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { ServiceShape } from '../domain/service.ts';
import { isNamed, Transient, Unworkable } from './errors.ts';

const client = new ECSClient({});

export interface TaskSetView {
  readonly id: string;
  readonly status: string;
  readonly taskDefinition: string;
  readonly targetGroup: string | null;
  readonly network: AwsVpcConfiguration | undefined;
}

/** The service's task sets; CodeDeploy keeps one per colour. Null when the cluster has no such service. */
export async function taskSets(cluster: string, service: string): Promise<TaskSetView[] | null> {
  const { services } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const found = services?.find((each) => each.status !== 'INACTIVE');
  if (found === undefined) return null;
  return (found.taskSets ?? []).map((each) => ({
    id: each.id ?? '',
    status: each.status ?? '',
    taskDefinition: each.taskDefinition ?? '',
    targetGroup: each.loadBalancers?.[0]?.targetGroupArn ?? null,
    network: each.networkConfiguration?.awsvpcConfiguration,
  }));
}

/** One revision, with its tags. */
export async function taskDefinition(arn: string): Promise<{ definition: TaskDefinition; tags: Tag[] }> {
  const answer = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ['TAGS'] }));
  if (answer.taskDefinition === undefined) throw new Unworkable(`ECS knows no task definition ${arn}.`);
  return { definition: answer.taskDefinition, tags: answer.tags ?? [] };
}

/** ARNs of the family's newest active revisions, newest first. */
export async function newestRevisions(family: string, count: number): Promise<string[]> {
  const answer = await client.send(
    new ListTaskDefinitionsCommand({ familyPrefix: family, sort: 'DESC', maxResults: count }),
  );
  return answer.taskDefinitionArns ?? [];
}

export async function register(input: RegisterTaskDefinitionCommandInput): Promise<string> {
  const answer = await client.send(new RegisterTaskDefinitionCommand(input));
  const arn = answer.taskDefinition?.taskDefinitionArn;
  if (arn === undefined) throw new Transient('RegisterTaskDefinition answered without an ARN.');
  return arn;
}

export interface OneOffTask {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly shape: ServiceShape;
  readonly startedBy: string;
  readonly clientToken: string;
  /** Replaces the image's command. */
  readonly command?: readonly string[];
  /** Added to the container's variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** In place of the service's own: what the task may do, and whom it may talk to. */
  readonly confined?: { readonly taskRole: string; readonly securityGroups: readonly string[] };
}

/**
 * Starts one task outside the service, in the service's network. With the same client token a second
 * call gives the first call's task.
 */
export async function runTask(task: OneOffTask): Promise<string> {
  const { command, environment, confined } = task;
  const answer = await client.send(
    new RunTaskCommand({
      cluster: task.cluster,
      taskDefinition: task.taskDefinition,
      count: 1,
      launchType: 'FARGATE',
      platformVersion: task.shape.platformVersion,
      startedBy: task.startedBy,
      clientToken: task.clientToken,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: task.shape.subnets,
          securityGroups: [...(confined?.securityGroups ?? task.shape.securityGroups)],
          assignPublicIp: 'DISABLED',
        },
      },
      ...((command || environment || confined) && {
        overrides: {
          ...(confined && { taskRoleArn: confined.taskRole }),
          containerOverrides: [
            {
              name: task.shape.container,
              ...(command && { command: [...command] }),
              ...(environment && {
                environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
              }),
            },
          ],
        },
      }),
    }),
  );
  const arn = answer.tasks?.[0]?.taskArn;
  if (arn !== undefined) return arn;
  const reasons = answer.failures?.map((failure) => failure.reason ?? failure.detail).join('; ');
  throw new Transient(`ECS did not start the task: ${reasons ?? 'no reason given'}.`);
}

export interface TaskView {
  readonly arn: string;
  readonly status: string;
  readonly ip: string | null;
  /** Of the service's container, once it has ended. */
  readonly exitCode: number | null;
  /** Why it stopped, in ECS's words; empty while it runs. */
  readonly reason: string;
  readonly taskDefinition: string;
  /** ISO. */
  readonly createdAt: string | null;
  readonly startedBy: string;
  readonly healthStatus: string;
}

/** The tasks that ECS knows of; a task that has just been started, or stopped long ago, may be missing. */
export async function describeTasks(cluster: string, arns: readonly string[], container: string): Promise<TaskView[]> {
  if (arns.length === 0) return [];
  const { tasks } = await client.send(new DescribeTasksCommand({ cluster, tasks: [...arns] }));
  return (tasks ?? []).map((task) => view(task, container));
}

function view(task: Task, container: string): TaskView {
  const own = task.containers?.find((each) => each.name === container);
  return {
    arn: task.taskArn ?? '',
    status: task.lastStatus ?? 'UNKNOWN',
    ip: privateAddress(task.attachments ?? []),
    exitCode: own?.exitCode ?? null,
    reason: [task.stoppedReason, own?.reason].filter((part) => part !== undefined && part !== '').join(': '),
    taskDefinition: task.taskDefinitionArn ?? '',
    createdAt: task.createdAt?.toISOString() ?? null,
    startedBy: task.startedBy ?? '',
    healthStatus: task.healthStatus ?? 'UNKNOWN',
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attachment.html */
function privateAddress(attachments: readonly Attachment[]): string | null {
  const details = attachments.flatMap((each) => each.details ?? []);
  return details.find((detail) => detail.name === 'privateIPv4Address')?.value ?? null;
}

/** Stops a task; one that is gone already is no error. */
export async function stopTask(cluster: string, task: string, reason: string): Promise<void> {
  try {
    await client.send(new StopTaskCommand({ cluster, task, reason }));
  } catch (error) {
    if (!isNamed(error, 'InvalidParameterException') || !/not found/i.test(String(error))) throw error;
  }
}

/** Tasks that should be running, started outside the service under this name. */
export async function runningTasksStartedBy(cluster: string, startedBy: string): Promise<string[]> {
  const { taskArns } = await client.send(new ListTasksCommand({ cluster, startedBy }));
  return taskArns ?? [];
}

/** The service's tasks that stopped lately: ECS remembers them for about an hour. */
export async function stoppedServiceTasks(cluster: string, serviceName: string): Promise<string[]> {
  const { taskArns } = await client.send(new ListTasksCommand({ cluster, serviceName, desiredStatus: 'STOPPED' }));
  return taskArns ?? [];
}

/** The service's tasks that run, of all its task sets. */
export async function runningServiceTasks(cluster: string, serviceName: string): Promise<string[]> {
  const { taskArns } = await client.send(new ListTasksCommand({ cluster, serviceName, desiredStatus: 'RUNNING' }));
  return taskArns ?? [];
}
