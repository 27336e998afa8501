import type {
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsResponse,
  DescribeLogStreamsCommandInput,
  DescribeLogStreamsResponse,
  GetLogEventsCommandInput,
  GetLogEventsResponse,
  OutputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import { arn } from '../aws/arn.ts';
import { type Operations, ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import { physicalName } from '../deploy/properties.ts';
import type { Provisions } from '../deploy/provision.ts';

export interface LogLine {
  /** Stage time, in milliseconds since the epoch. */
  readonly at: number;
  readonly message: string;
}

/** Lines per stream. A Backstage that runs for days on the stage must not fill its memory. */
const linesKept = 10_000;

/** CloudWatch Logs: what tasks and functions print. */
export class Logs {
  readonly #clock: Clock;
  readonly #groups = new Map<string, Map<string, LogLine[]>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a line; group and stream come into being with their first one. */
  readonly append = (group: string, stream: string, line: string): void => {
    const streams = this.#groups.get(group) ?? new Map<string, LogLine[]>();
    this.#groups.set(group, streams);
    const lines = streams.get(stream) ?? [];
    streams.set(stream, lines);
    lines.push({ at: this.#clock.now(), message: line });
    if (lines.length >= 2 * linesKept) lines.splice(0, lines.length - linesKept);
  };

  /** Names of a group's streams, in the order in which they began. */
  streams(group: string): string[] {
    return [...(this.#groups.get(group)?.keys() ?? [])];
  }

  lines(group: string, stream: string): readonly LogLine[] {
    return this.#groups.get(group)?.get(stream) ?? [];
  }

  operations(): Operations {
    return {
      GetLogEvents: (input: GetLogEventsCommandInput): GetLogEventsResponse => this.#getLogEvents(input),
      DescribeLogGroups: (input: DescribeLogGroupsCommandInput): DescribeLogGroupsResponse =>
        this.#describeLogGroups(input),
      DescribeLogStreams: (input: DescribeLogStreamsCommandInput): DescribeLogStreamsResponse => {
        const group = input.logGroupName ?? '';
        this.#existing(group);
        const streams = this.streams(group).filter((name) => name.startsWith(input.logStreamNamePrefix ?? ''));
        return { logStreams: streams.map((logStreamName) => ({ logStreamName })) };
      },
    };
  }

  provisions(): Provisions {
    return {
      'AWS::Logs::LogGroup': (resource) => {
        const name = physicalName(resource, 'LogGroupName');
        if (!this.#groups.has(name)) this.#groups.set(name, new Map());
        return { ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } };
      },
    };
  }

  /**
   * Sorted by name, all on one page. A prefix and a pattern (anywhere in the name) exclude each other.
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
   */
  #describeLogGroups({
    logGroupNamePrefix,
    logGroupNamePattern,
  }: DescribeLogGroupsCommandInput): DescribeLogGroupsResponse {
    if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined) {
      throw new ServiceError('InvalidParameterException', 'Give logGroupNamePrefix or logGroupNamePattern, not both.');
    }
    const names = [...this.#groups.keys()].filter(
      (name) => name.startsWith(logGroupNamePrefix ?? '') && name.includes(logGroupNamePattern ?? ''),
    );
    return {
      logGroups: names
        .toSorted()
        .map((logGroupName) => ({ logGroupName, arn: arn('logs', `log-group:${logGroupName}:*`) })),
    };
  }

  /**
   * Without `startFromHead` the latest events, up to 1 MB or 10,000 of them, oldest first.
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
   */
  #getLogEvents(input: GetLogEventsCommandInput): GetLogEventsResponse {
    const { logGroupName = '', logStreamName = '', startFromHead = false, nextToken } = input;
    const lines = this.#existing(logGroupName).get(logStreamName);
    if (lines === undefined)
      throw new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');
    const inRange = lines.filter(
      ({ at }) => at >= (input.startTime ?? 0) && at < (input.endTime ?? Number.POSITIVE_INFINITY),
    );
    const limit = input.limit ?? 10_000;
    const start =
      nextToken === undefined ? (startFromHead ? 0 : Math.max(0, inRange.length - limit)) : position(nextToken, limit);
    const events = withinSize(inRange.slice(start, start + limit), startFromHead || nextToken !== undefined);
    return {
      events: events.map(
        ({ at, message }): OutputLogEvent => ({ timestamp: Math.floor(at), message, ingestionTime: Math.floor(at) }),
      ),
      nextForwardToken: `f/${start + events.length}`,
      nextBackwardToken: `b/${start}`,
    };
  }

  #existing(group: string): Map<string, LogLine[]> {
    const streams = this.#groups.get(group);
    if (streams === undefined)
      throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
    return streams;
  }
}

function position(token: string, limit: number): number {
  const [, direction, at] = /^([fb])\/(\d+)$/.exec(token) ?? [];
  if (at === undefined) throw new ServiceError('InvalidParameterException', 'The specified nextToken is invalid.');
  return direction === 'f' ? Number(at) : Math.max(0, Number(at) - limit);
}

const maximumBytes = 1024 * 1024;

function withinSize(lines: readonly LogLine[], fromHead: boolean): LogLine[] {
  const taken: LogLine[] = [];
  let bytes = 0;
  for (const line of fromHead ? lines : lines.toReversed()) {
    bytes += Buffer.byteLength(line.message);
    if (bytes > maximumBytes) break;
    taken.push(line);
  }
  return fromHead ? taken : taken.toReversed();
}
