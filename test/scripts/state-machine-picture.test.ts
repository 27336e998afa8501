import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { stepNames } from '../../lib/release/steps.ts';

test('the picture shows every step, the loop of one that waits, and both ways out of Observe', () => {
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'state-machine-picture.ts');
  const lines = execFileSync(process.execPath, [script], { encoding: 'utf8' }).split('\n');
  expect(lines[0]).toBe('stateDiagram-v2');
  for (const step of stepNames) expect(lines.some((line) => line.includes(`--> ${step}`))).toBe(true);
  expect(lines).toEqual(
    expect.arrayContaining(['  Observe --> Observe: waits', '  Observe --> Promote', '  Observe --> Retreat']),
  );
});
