import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { isNamed, Unworkable } from './errors.ts';

const client = new CloudWatchLogsClient({});

/**
 * Name of the awslogs stream of a task's container: `prefix/container/task-id`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 */
export function logStream(definition: TaskDefinition, container: string, taskArn: string): string {
  const options = definition.containerDefinitions?.find((each) => each.name === container)?.logConfiguration?.options;
  const prefix = options?.['awslogs-stream-prefix'];
  if (prefix === undefined) {
    throw new Unworkable(
      `Container ${container} of ${definition.taskDefinitionArn} has no awslogs-stream-prefix: give it the awslogs log driver with one.`,
    );
  }
  return `${prefix}/${container}/${taskArn.slice(taskArn.lastIndexOf('/') + 1)}`;
}

/** The stream's latest lines (up to 1 MB), oldest first; none when it does not exist yet. */
export async function latestLines(logGroupName: string, logStreamName: string): Promise<string[]> {
  try {
    const { events } = await client.send(new GetLogEventsCommand({ logGroupName, logStreamName }));
    return (events ?? []).map((event) => event.message ?? '');
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return [];
    throw error;
  }
}
