import { Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { environmentNames } from '../lambda/domain/names.ts';

/**
 * For the `resources` of an event pattern: the executions of this environment's state machines, which an event of a
 * release names. All environments of an account share its bus.
 */
export function ownExecutions(scope: Construct, environment: string): string[] {
  const { region, account } = Stack.of(scope);
  const { releaseStateMachine, rollbackStateMachine } = environmentNames(environment);
  return Match.anyOf(
    ...[releaseStateMachine, rollbackStateMachine].map((machine) =>
      Match.prefix(`arn:aws:states:${region}:${account}:execution:${machine}:`),
    ),
  );
}
