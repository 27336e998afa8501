import { describe, expect, test } from '@jest/globals';
import { judge } from '../../../scripts/lint-templates/findings.ts';
import { ignores } from '../../../scripts/lint-templates/ignores.ts';

const finding = (rule: string, ...Path: (string | number)[]) => ({
  Filename: 'platform.template.json',
  Level: 'Warning',
  Message: 'Something is odd',
  Rule: { Id: rule },
  Location: { Path },
});
const [ignore] = ignores;
if (ignore === undefined) throw new Error('There is no ignore to test with.');

describe('a finding of cfn-lint', () => {
  test('that is explained is counted and no more', () => {
    expect(judge(JSON.stringify([finding('W3005', 'Resources', 'Shape', 'DependsOn', 0)]), [ignore])).toEqual({
      unexplained: [],
      explained: 1,
      idle: [],
    });
  });

  test.each([
    ['by another rule', finding('E3012', 'Resources', 'Shape', 'DependsOn', 0)],
    ['in another place', finding('W3005', 'Outputs', 'Shape')],
  ])('%s is told with its place', (_, found) => {
    const { unexplained } = judge(JSON.stringify([found]), [ignore]);
    expect(unexplained).toEqual([expect.stringMatching(/^platform\.template\.json: \w+ \(Warning\) at .*: Something/)]);
  });

  test('that nobody makes any more leaves an ignore to be taken away', () => {
    expect(judge('[]', [ignore]).idle).toEqual([ignore]);
  });
});

test('every ignore says why', () => {
  for (const { reason } of ignores) expect(reason.length).toBeGreaterThan(40);
});
