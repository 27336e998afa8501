import { expect, test } from '@jest/globals';
import { eventSource } from '../../../lambda/domain/names.ts';
import { functionNames } from '../../../lib/release/steps.ts';
import { template } from '../templates.ts';

test('every step may put events of the releases’ source on the default bus, and nobody may put others', () => {
  const policies = Object.values(template('production', 'release').findResources('AWS::IAM::Policy'));
  const statements = policies.flatMap(
    ({ Properties }): Record<string, unknown>[] => Properties.PolicyDocument.Statement,
  );
  const puts = statements.filter(({ Action }) =>
    [Action].flat().some((action) => String(action).startsWith('events:')),
  );
  expect(puts).toHaveLength(functionNames.length);
  for (const { Action, Resource, Condition } of puts) {
    expect(Action).toBe('events:PutEvents');
    expect(JSON.stringify(Resource)).toContain(':event-bus/default');
    expect(Condition).toEqual({ StringEquals: { 'events:source': eventSource } });
  }
});
