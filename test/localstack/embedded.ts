import { z } from 'zod';
import { VirtualClock } from '../../local/clock/virtual-clock.ts';
import { TaskError } from '../../local/stepfunctions/execution.ts';
import { StateMachines } from '../../local/stepfunctions/state-machines.ts';
import { documentOf, type Path } from './paths.ts';

const parametersSchema = z.object({ FunctionName: z.string() });

/** Runs a path in the interpreter that the stage embeds. */
export async function runEmbedded(
  definition: string,
  path: Path,
): Promise<{ readonly states: readonly string[]; readonly output: unknown }> {
  const clock = new VirtualClock();
  const left = new Map(Object.entries(path).map(([state, answers]) => [state.toLowerCase(), [...answers]]));
  const machines = new StateMachines({
    clock,
    changed: () => undefined,
    invoke: () => async (parameters) => {
      const { FunctionName } = parametersSchema.parse(parameters);
      const answer = left.get(FunctionName.split('-').at(-1) ?? '')?.shift();
      if (answer === undefined) throw new Error(`The path has no further answer for ${FunctionName}.`);
      if ('error' in answer) throw new TaskError(answer.error, answer.cause);
      return { StatusCode: 200, Payload: documentOf(answer.changes) };
    },
  });
  const machine = machines.define('embedded', 'role', definition);
  const execution = machines.start(machine.arn, '{}');
  await clock.run(() => execution.status !== 'RUNNING');
  const states = execution.history.events.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
  return { states, output: JSON.parse(execution.output ?? 'null') };
}
