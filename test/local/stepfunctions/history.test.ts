import { expect, test } from '@jest/globals';
import { History } from '../../../local/stepfunctions/history.ts';

test('a Task is scheduled after it was entered, also when its events are read late', () => {
  const history = new History();
  const attempt = history.attempt({ FunctionName: 'open' });
  attempt.result = { Payload: 1 };
  history.read({ type: 'StateEntered', timestamp: 1, state: { name: 'Ready?', type: 'Choice' } });
  history.read({ type: 'StateExited', timestamp: 1, state: { name: 'Ready?', type: 'Choice' } });
  history.read({ type: 'StateEntered', timestamp: 1, state: { name: 'Open', type: 'Task' } });
  history.read({ type: 'StateExited', timestamp: 2, state: { name: 'Open', type: 'Task', output: 1 } });
  expect(history.events.map(({ type }) => type)).toEqual([
    'ChoiceStateEntered',
    'ChoiceStateExited',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
  ]);
  expect(history.events.at(-2)?.taskSucceededEventDetails?.output).toBe('{"Payload":1}');
});
