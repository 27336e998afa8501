import { stepFunctionName } from '../../lambda/domain/names.ts';
import { type ChoiceState, type Question, whenIs } from './choices.ts';
import { functions, rollbackOpener, type Step, type StepName, stepNames, steps } from './steps.ts';

/** A state machine in the Amazon States Language (https://states-language.net). */
export interface Definition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
}
export type State = TaskState | ChoiceState | WaitState;

interface TaskState {
  readonly Type: 'Task';
  readonly Comment: string;
  readonly Resource: string;
  readonly Parameters: object;
  readonly OutputPath: string;
  readonly TimeoutSeconds: number;
  readonly Retry: readonly object[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly ResultPath: string;
    readonly Next: string;
  }[];
  readonly Next?: string;
  readonly End?: true;
}
interface WaitState {
  readonly Type: 'Wait';
  readonly SecondsPath: string;
  readonly Next: string;
}

/**
 * At most 2 + 4 + 8 + 16 + 30 + 30 = 90 seconds of waiting between seven attempts, each with full
 * jitter. What a step throws for good is in none of these lists.
 */
const retry = [
  {
    ErrorEquals: [
      'Transient',
      'States.Timeout',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.Unknown',
      'Sandbox.Timedout',
    ],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 6,
    MaxDelaySeconds: 30,
    JitterStrategy: 'FULL',
  },
];

/** Of a step that insists. Even a refusal may pass: roles take a while to be known everywhere. A lost lock stays lost. */
const insistent = [
  ...retry,
  { ErrorEquals: ['LockLost'], MaxAttempts: 0 },
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 4, JitterStrategy: 'FULL' },
];

/** Longest release: migrations and deadlines of hours, and a bake of at most 48 hours (CodeDeploy's termination wait). */
const longestReleaseSeconds = 3 * 24 * 3600;

/** A function that has run into its own time-out is told as that, before the state gives it up. */
const marginSeconds = 15;

/**
 * The release workflow. JSONPath only: one document goes through every state, a step that has to wait
 * says for how long and where to go on, and one Wait serves them all. Whatever fails before anything
 * was changed goes to Close, whatever fails later to Retreat. The rollback machine has another first
 * function, and is the same from there.
 */
export function definition(environment: string, machine: 'release' | 'rollback' = 'release'): Definition {
  const task = (name: StepName): TaskState => {
    const functionName = name === 'Open' && machine === 'rollback' ? rollbackOpener : name;
    const { description, timeoutSeconds, next, insists, onFailure }: Step = functions[functionName];
    return {
      Type: 'Task',
      Comment: description,
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        FunctionName: stepFunctionName(environment, functionName),
        Payload: {
          'input.$': '$',
          execution: {
            'id.$': '$$.Execution.Id',
            'name.$': '$$.Execution.Name',
            'startedAt.$': '$$.Execution.StartTime',
          },
          'enteredAt.$': '$$.State.EnteredTime',
        },
      },
      OutputPath: '$.Payload',
      TimeoutSeconds: timeoutSeconds + marginSeconds,
      Retry: insists ? insistent : retry,
      ...(onFailure && {
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: `$.failures.${name}`, Next: onFailure }],
      }),
      ...(next === null ? { End: true } : { Next: isQuestion(next) ? next.name : next }),
    };
  };

  const states = stepNames.flatMap((name): [string, State][] => {
    const { next } = steps[name];
    return [[name, task(name)], ...(isQuestion(next) ? [[next.name, next.state] as [string, State]] : [])];
  });
  return {
    Comment: 'Releases a new version of a service, or brings the old one back',
    StartAt: 'Open',
    TimeoutSeconds: longestReleaseSeconds,
    States: {
      ...Object.fromEntries(states),
      Wait: { Type: 'Wait', SecondsPath: '$.wait.seconds', Next: 'Resume' },
      Resume: {
        Type: 'Choice',
        Choices: stepNames.filter(mayWait).map((name) => whenIs('$.wait.resume', name, name)),
        Default: 'Retreat',
      },
    },
  };
}

function isQuestion(next: Step['next']): next is Question {
  return typeof next === 'object' && next !== null;
}

function mayWait(name: StepName): boolean {
  const { next } = steps[name];
  return name !== 'Retreat' && isQuestion(next) && next.state.Choices.some((each) => each.Next === 'Wait');
}
