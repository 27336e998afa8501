/** A state as Amazon States Language writes it. Only the fields that the stage looks at. */
export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
  readonly QueryLanguage?: string;
}

const states = new Set(['Task', 'Choice', 'Wait', 'Pass', 'Succeed', 'Fail']);
const lambdaInvoke = 'arn:aws:states:::lambda:invoke';

/**
 * @param text the machine's ASL as the template holds it
 * @throws for what the stage's interpreter does differently from AWS, or not at all (ADR 0010)
 */
export function parseDefinition(name: string, text: string): Definition {
  const definition: Definition = JSON.parse(text);
  const refuse = (what: string): never => {
    throw new Error(
      `The stage cannot run the state machine ${name}: ${what} See docs/adr/0010-state-machine-interpreter.md.`,
    );
  };
  if ((definition.QueryLanguage ?? 'JSONPath') !== 'JSONPath')
    refuse(`it is written in ${definition.QueryLanguage}, not JSONPath.`);
  if (definition.States[definition.StartAt] === undefined)
    refuse(`it starts at ${definition.StartAt}, which is no state of it.`);
  for (const [state, { Type, Resource }] of Object.entries(definition.States)) {
    if (!states.has(Type)) refuse(`state ${state} is a ${Type}; it knows ${[...states].join(', ')}.`);
    if (Type === 'Task' && Resource !== lambdaInvoke) {
      refuse(`state ${state} calls ${Resource}; it calls Lambda functions only, by ${lambdaInvoke}.`);
    }
  }
  return definition;
}
