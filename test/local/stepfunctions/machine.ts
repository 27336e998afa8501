import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import type { Execution } from '../../../local/stepfunctions/execution.ts';
import { StateMachines } from '../../../local/stepfunctions/state-machines.ts';

export const invokeState = (more: object = {}): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: {
    FunctionName: 'step',
    Payload: {
      'input.$': '$',
      execution: { 'id.$': '$$.Execution.Id', 'name.$': '$$.Execution.Name' },
      'state.$': '$$.State.Name',
      'enteredAt.$': '$$.State.EnteredTime',
    },
  },
  OutputPath: '$.Payload',
  End: true,
  ...more,
});

/** A machine in virtual time whose every Task calls `step`. */
export function machine(definition: object, step: (payload: Record<string, unknown>) => unknown) {
  const clock = new VirtualClock(Date.parse('2026-01-05T09:00:00Z'));
  const changes: string[] = [];
  const machines = new StateMachines({
    clock,
    invoke: () => async (parameters) => {
      const { Payload } = Object(parameters);
      return { StatusCode: 200, Payload: await step(Payload) };
    },
    changed: ({ status }) => changes.push(status),
  });
  const { arn } = machines.define('release', 'release-role', JSON.stringify(definition));
  const start = (input: unknown = {}, name?: string): Execution => machines.start(arn, JSON.stringify(input), name);
  const finish = async (execution: Execution): Promise<Execution> => {
    await clock.run(() => execution.status !== 'RUNNING');
    return execution;
  };
  return { clock, machines, arn, changes, start, finish };
}

export const eventTypes = (execution: Execution): string[] => execution.history.events.map(({ type }) => String(type));
