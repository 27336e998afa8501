/** A Choice state (https://states-language.net/#choice-state). */
export interface ChoiceState {
  readonly Type: 'Choice';
  readonly Choices: readonly ({ readonly Next: string } & Readonly<Record<string, unknown>>)[];
  readonly Default: string;
}

/** The Choice after a step, under a name of its own. */
export interface Question {
  readonly name: string;
  readonly state: ChoiceState;
}

// aws-local-stepfunctions takes no notice of `IsNull: false`; AWS and it agree on the negation.
export const whenWaiting = { Not: { Variable: '$.wait', IsNull: true }, Next: 'Wait' } as const;
export const whenRefused = { Not: { Variable: '$.refusal', IsNull: true }, Next: 'Close' } as const;

export const whenIs = (Variable: string, value: string | boolean, Next: string) =>
  typeof value === 'string' ? { Variable, StringEquals: value, Next } : { Variable, BooleanEquals: value, Next };

export const whenAskedUntil = (state: 'plan' | 'rehearse') => whenIs('$.request.until', state, 'Close');

/** @param otherwise the state that it leads to when none of the choices is true */
export function ask(name: string, otherwise: string, ...Choices: ChoiceState['Choices']): Question {
  return { name, state: { Type: 'Choice', Choices, Default: otherwise } };
}
