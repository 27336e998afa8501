import { documentOf, type Path, paths } from './paths.ts';

/** The state machine that has the answers in place of functions. */
export const mockedMachine = 'understudy-same-definition';

/** Name of a path as LocalStack takes it behind the machine's ARN. */
export const testCase = (path: string): string => path.replaceAll(/[^a-z]+/gi, '');

/** The paths in the form in which LocalStack reads them from a file. */
export function mockConfig(): object {
  const responses: Record<string, object> = {};
  const cases: Record<string, Record<string, string>> = {};
  for (const [name, path] of Object.entries(paths)) {
    cases[testCase(name)] = Object.fromEntries(Object.keys(path).map((state) => [state, `${testCase(name)}-${state}`]));
    for (const state of Object.keys(path)) responses[`${testCase(name)}-${state}`] = answersOf(path, state);
  }
  return { StateMachines: { [mockedMachine]: { TestCases: cases } }, MockedResponses: responses };
}

function answersOf(path: Path, state: string): object {
  const answers = (path[state] ?? []).map((answer) =>
    'error' in answer
      ? { Throw: { Error: answer.error, Cause: answer.cause } }
      : { Return: { StatusCode: 200, Payload: documentOf(answer.changes) } },
  );
  return Object.fromEntries(answers.map((answer, index) => [String(index), answer]));
}
