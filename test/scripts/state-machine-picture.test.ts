import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { stepNames } from '../../lib/release/steps.ts';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'state-machine-picture.ts');
const picture = () => execFileSync(process.execPath, [script], { encoding: 'utf8' });

test('the README shows the picture of the state machine as it is (npm run picture prints it)', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
  expect(/```mermaid\n([^`]*)```/.exec(readme)?.[1]?.trim()).toBe(picture().trim());
});

test('the picture shows every step, the loop of one that waits, and both ways out of Observe', () => {
  const lines = picture().split('\n');
  expect(lines[0]).toBe('stateDiagram-v2');
  for (const step of stepNames) expect(lines.some((line) => line.includes(`--> ${step}`))).toBe(true);
  expect(lines).toEqual(
    expect.arrayContaining(['  Observe --> Observe: waits', '  Observe --> Promote', '  Observe --> Retreat']),
  );
});
