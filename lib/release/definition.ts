import { stepFunctionName } from '../../lambda/domain/names.ts';
import { rollbackOpener, type StepName, steps } from './steps.ts';

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
interface ChoiceState {
  readonly Type: 'Choice';
  readonly Choices: readonly ({ readonly Next: string } & Readonly<Record<string, unknown>>)[];
  readonly Default: string;
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

/** Longest release: migrations and deadlines of hours, and a bake of at most 48 hours (CodeDeploy's termination wait). */
const longestReleaseSeconds = 3 * 24 * 3600;

/** A function that has run into its own time-out is told as that, before the state gives it up. */
const marginSeconds = 15;

// aws-local-stepfunctions takes no notice of `IsNull: false`; AWS and it agree on the negation.
const whenWaiting = { Not: { Variable: '$.wait', IsNull: true }, Next: 'Wait' } as const;
const whenRefused = { Not: { Variable: '$.refusal', IsNull: true }, Next: 'Close' } as const;

const whenAskedUntil = (state: 'plan' | 'rehearse') => ({
  Variable: '$.request.until',
  StringEquals: state,
  Next: 'Close',
});

function choice(fallback: string, ...Choices: ChoiceState['Choices']): ChoiceState {
  return { Type: 'Choice', Choices, Default: fallback };
}

/**
 * The release workflow. JSONPath only: one document goes through every state, a step that has to wait
 * says for how long and where to go on, and one Wait serves them all. Whatever fails before anything
 * was changed goes to Close, whatever fails later to Retreat. The rollback machine has another first
 * function, and is the same from there.
 */
export function definition(environment: string, machine: 'release' | 'rollback' = 'release'): Definition {
  const functionOf = (name: StepName) => (name === 'Open' && machine === 'rollback' ? rollbackOpener : name);
  const task = (name: StepName, next: string | null, onFailure: 'Close' | 'Retreat' | 'Verify' | null): TaskState => ({
    Type: 'Task',
    Comment: steps[functionOf(name)].description,
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: stepFunctionName(environment, functionOf(name)),
      Payload: {
        'input.$': '$',
        execution: { 'id.$': '$$.Execution.Id', 'name.$': '$$.Execution.Name' },
        'enteredAt.$': '$$.State.EnteredTime',
      },
    },
    OutputPath: '$.Payload',
    TimeoutSeconds: steps[functionOf(name)].timeoutSeconds + marginSeconds,
    Retry: retry,
    ...(onFailure && {
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: `$.failures.${name}`, Next: onFailure }],
    }),
    ...(next === null ? { End: true } : { Next: next }),
  });

  return {
    Comment: 'Releases a new version of a service, or brings the old one back',
    StartAt: 'Open',
    TimeoutSeconds: longestReleaseSeconds,
    States: {
      Open: task('Open', 'Opened?', 'Close'),
      'Opened?': choice('Register', whenWaiting, whenRefused),
      Register: task('Register', 'Plan', 'Close'),
      Plan: task('Plan', 'Planned?', 'Close'),
      'Planned?': choice('Rehearse', whenWaiting, whenRefused, whenAskedUntil('plan')),
      Rehearse: task('Rehearse', 'Rehearsed?', 'Close'),
      'Rehearsed?': choice('Shift', whenWaiting, whenRefused, whenAskedUntil('rehearse'), {
        Variable: '$.schema.changes',
        BooleanEquals: true,
        Next: 'Snapshot',
      }),
      Snapshot: task('Snapshot', 'Snapshotted?', 'Close'),
      'Snapshotted?': choice('Migrate', whenWaiting, whenRefused),
      Migrate: task('Migrate', 'Migrated?', 'Retreat'),
      'Migrated?': choice('Shift', whenWaiting),
      Shift: task('Shift', 'Observe', 'Retreat'),
      Observe: task('Observe', 'Judged?', 'Retreat'),
      'Judged?': choice('Retreat', whenWaiting, {
        Variable: '$.decision.verdict',
        StringEquals: 'pass',
        Next: 'Promote',
      }),
      Promote: task('Promote', 'Promoted?', 'Retreat'),
      'Promoted?': choice('Retreat', whenWaiting, { Variable: '$.promotion.done', BooleanEquals: true, Next: 'Close' }),
      Retreat: task('Retreat', 'Retreated?', 'Close'),
      'Retreated?': choice(
        'Close',
        whenWaiting,
        { Variable: '$.retreat.result', StringEquals: 'restored', Next: 'Mend' },
        { Variable: '$.retreat.result', StringEquals: 'nothing-moved', Next: 'Mend' },
      ),
      // Whether the old version works is for Verify to find out, whatever became of mending.
      Mend: task('Mend', 'Mended?', 'Verify'),
      'Mended?': choice('Verify', whenWaiting),
      Verify: task('Verify', 'Verified?', 'Close'),
      'Verified?': choice('Close', whenWaiting),
      Wait: { Type: 'Wait', SecondsPath: '$.wait.seconds', Next: 'Resume' },
      Resume: choice(
        'Retreat',
        ...(['Open', 'Plan', 'Rehearse', 'Snapshot', 'Migrate', 'Observe', 'Promote', 'Mend', 'Verify'] as const).map(
          (name) => ({
            Variable: '$.wait.resume',
            StringEquals: name,
            Next: name,
          }),
        ),
      ),
      Close: task('Close', null, null),
    },
  };
}
