import type {
  DescribeTasksCommandInput,
  DescribeTasksCommandOutput,
  ListTasksCommandInput,
  ListTasksCommandOutput,
  RunTaskCommandInput,
  RunTaskCommandOutput,
  StopTaskCommandInput,
  StopTaskCommandOutput,
} from '@aws-sdk/client-ecs';
import { type Operations, ServiceError } from '../aws/operation.ts';
import { describeTask } from './describe.ts';
import type { Ecs } from './ecs.ts';
import { shortName } from './names.ts';
import { page } from './page.ts';
import type { Task } from './task.ts';

type Output<T> = Omit<T, '$metadata'>;

export function taskOperations(model: Ecs) {
  const tokens = new Map<string, { readonly request: string; readonly tasks: readonly Task[] }>();
  return {
    RunTask: (input: RunTaskCommandInput): Output<RunTaskCommandOutput> => {
      const tasks = onceForToken(tokens, input, () => runTasks(model, input));
      return { tasks: tasks.map(describeTask), failures: [] };
    },
    StopTask: (input: StopTaskCommandInput): Output<StopTaskCommandOutput> => {
      const task = findTask(model, input.cluster, input.task ?? '');
      if (task === undefined) throw invalid('The referenced task was not found.');
      model.stopTask(task, 'UserInitiated', input.reason ?? 'Task stopped by user');
      return { task: describeTask(task) };
    },
    DescribeTasks: (input: DescribeTasksCommandInput): Output<DescribeTasksCommandOutput> => {
      const wanted = input.tasks ?? [];
      if (wanted.length === 0) throw invalid('Tasks cannot be empty.');
      if (wanted.length > 100) throw invalid(`At most 100 tasks can be described at a time, not ${wanted.length}.`);
      const found = wanted.map((name) => ({ name, task: findTask(model, input.cluster, name) }));
      return {
        tasks: found.flatMap(({ task }) => (task === undefined ? [] : [describeTask(task)])),
        failures: found.filter(({ task }) => task === undefined).map(({ name }) => ({ arn: name, reason: 'MISSING' })),
      };
    },
    ListTasks: (input: ListTasksCommandInput): Output<ListTasksCommandOutput> => {
      const { items, nextToken } = page(listTasks(model, input), input);
      return { taskArns: items.map(({ arn }) => arn), nextToken };
    },
  } satisfies Operations;
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}

/**
 * The same token with the same request gives the same tasks again, with another request an error
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html).
 */
function onceForToken(
  tokens: Map<string, { readonly request: string; readonly tasks: readonly Task[] }>,
  input: RunTaskCommandInput,
  run: () => readonly Task[],
): readonly Task[] {
  const { clientToken } = input;
  if (clientToken === undefined) return run();
  if (clientToken.length > 64) throw invalid(`A clientToken has at most 64 characters, not ${clientToken.length}.`);
  const request = JSON.stringify(input);
  const known = tokens.get(clientToken);
  if (known === undefined) {
    const tasks = run();
    tokens.set(clientToken, { request, tasks });
    return tasks;
  }
  if (known.request === request) return known.tasks;
  throw new ServiceError(
    'ConflictException',
    `The client token ${clientToken} was used before, with other parameters, for ${known.tasks.map(({ arn }) => arn).join(', ')}.`,
  );
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
function runTasks(model: Ecs, input: RunTaskCommandInput): readonly Task[] {
  const count = input.count ?? 1;
  if (count < 1 || count > 10) throw invalid(`RunTask places 1 to 10 tasks in one call, not ${count}.`);
  if (input.startedBy !== undefined && !/^[\w/-]{1,128}$/.test(input.startedBy)) {
    throw invalid(`startedBy has up to 128 letters, digits, - / and _, unlike '${input.startedBy}'.`);
  }
  const revision = model.definitions.usable(input.taskDefinition ?? '');
  const vpc = input.networkConfiguration?.awsvpcConfiguration;
  if (revision.definition.networkMode === 'awsvpc' && vpc === undefined) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html#ECS-RunTask-request-overrides
  if (JSON.stringify(input.overrides ?? {}).length > 8192) {
    throw invalid('Container overrides length must be at most 8192');
  }
  for (const { name } of input.overrides?.containerOverrides ?? []) {
    if (!revision.definition.containerDefinitions?.some((container) => container.name === name)) {
      throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
    }
  }
  return Array.from({ length: count }, () =>
    model.runTask({
      cluster: input.cluster ?? 'default',
      taskDefinition: revision.arn,
      startedBy: input.startedBy,
      overrides: input.overrides,
      network: input.networkConfiguration,
      platformVersion: input.platformVersion,
      tags: input.tags ?? [],
    }),
  );
}

function findTask(model: Ecs, cluster: string | undefined, idOrArn: string): Task | undefined {
  const clusterArn = model.clusterArn(cluster);
  return model.tasks().find((task) => task.input.clusterArn === clusterArn && task.id === shortName(idOrArn));
}

/**
 * "When you specify startedBy as the filter, it must be the only filter that you use"
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html). The desired status, which
 * every listing has, counts as no filter here.
 */
function listTasks(model: Ecs, input: ListTasksCommandInput): readonly Task[] {
  const { startedBy, family, serviceName, desiredStatus = 'RUNNING' } = input;
  if (startedBy !== undefined && (family !== undefined || serviceName !== undefined)) {
    throw invalid('startedBy cannot be combined with another filter.');
  }
  const clusterArn = model.clusterArn(input.cluster);
  const group = serviceName === undefined ? undefined : `service:${shortName(serviceName)}`;
  return model
    .tasks()
    .filter((task) => task.input.clusterArn === clusterArn && task.desiredStatus === desiredStatus)
    .filter((task) => startedBy === undefined || task.input.startedBy === startedBy)
    .filter((task) => family === undefined || task.input.revision.family === family)
    .filter((task) => group === undefined || task.input.group === group);
}
