import type { DeploymentStatus } from '@aws-sdk/client-codedeploy';
import type { ServiceError } from '../../../local/aws/operation.ts';
import { digestOf, groups } from '../domain/samples.ts';

export interface FakeTask {
  readonly taskArn: string;
  readonly taskDefinitionArn: string;
  readonly startedBy: string;
  lastStatus: string;
  exitCode?: number;
  stoppedReason?: string;
}

export interface FakeDeployment {
  readonly description: string;
  status: DeploymentStatus;
  rollback?: string;
}

export interface State {
  images: Record<string, string>;
  taskSets: { id: string; status: string; taskDefinition: string; targetGroup: string }[];
  definitions: Record<string, { image: string; tags: { key: string; value: string }[] }>;
  weights: [number, number];
  /** Health of the registered targets, by target group. */
  targets: Record<string, string[]>;
  alarms: Record<string, string>;
  /** Users' requests answered with 5xx, of a hundred, by target group. */
  errors: Record<string, number>;
  /** Requests and errors of each target group in the SLO's window. */
  window: { requests: number; errors: number };
  /** Percent of its CPU and memory that a task used in every minute, by the end of its ARN; others tell nothing. */
  used: Record<string, number>;
  /** Text of the freeze calendar; null for none. */
  calendar: string | null;
  tasks: FakeTask[];
  /** Of the database, by name. */
  snapshots: Record<string, { status: string; createdAt: Date; tags: Record<string, string> }>;
  lines: string[];
  deployments: Record<string, FakeDeployment>;
  /** Status of the execution that holds the lock, and when it ended. */
  holder: { status: string; stopDate?: Date };
  scaling: object | null;
  /** What each colour's answers are, or the failure of the prober itself. */
  answers: Record<string, 'good' | 'bad' | 'slow'> | Error;
  /** Operations that are refused or fail, by name. */
  broken: Record<string, ServiceError>;
}

/** Version 1 serves, version 2 has been pushed, and nothing happens. */
export function quiet(): State {
  return {
    images: { v2: digestOf('b') },
    taskSets: [{ id: 'ecs-svc/1', status: 'PRIMARY', taskDefinition: 'blue:2', targetGroup: groups.a }],
    definitions: {},
    weights: [100, 0],
    targets: { [groups.a]: ['healthy'], [groups.b]: [] },
    alarms: {},
    errors: {},
    window: { requests: 0, errors: 0 },
    used: {},
    calendar: calendarOf(),
    tasks: [],
    snapshots: {},
    lines: [],
    deployments: {},
    holder: { status: 'RUNNING' },
    scaling: {},
    answers: {},
    broken: {},
  };
}

/** An iCalendar file with one event, or with none. */
export function calendarOf(...event: string[]): string {
  const lines = event.length === 0 ? [] : ['BEGIN:VEVENT', 'UID:1', 'SUMMARY:Fair', ...event, 'END:VEVENT'];
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}
