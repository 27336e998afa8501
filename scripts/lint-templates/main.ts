import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { environmentNamesAllowed } from '../../lib/config/config.ts';
import { NoPython, prepareTool, skip } from '../python/virtual-environment.ts';
import { judge } from './findings.ts';
import { ignores } from './ignores.ts';

// npm run lint:templates: the templates that `npm run synth` left in cdk.out, of every environment, by cfn-lint.
const root = join(import.meta.dirname, '..', '..');

const cfnLint = {
  name: 'cfn-lint',
  requirements: join(import.meta.dirname, 'requirements.txt'),
  minors: [13, 12, 11, 10],
};

function templates(): string[] {
  return environmentNamesAllowed.flatMap((environment) => {
    const found = globSync(`cdk.out/${environment}/*.template.json`, { cwd: root });
    if (found.length === 0) throw new Error(`cdk.out/${environment} has no template; first: npm run synth`);
    return found;
  });
}

function lint(): boolean {
  const files = templates();
  const program = join(
    prepareTool(cfnLint, (line) => console.log(line)),
    'cfn-lint',
  );
  const { stdout, stderr, error } = spawnSync(program, ['--format', 'json', ...files], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
  });
  if (error !== undefined) throw error;
  // Any exit status may come with findings; without them, what it said is on the other stream.
  if (!stdout.trim().startsWith('[')) throw new Error(`cfn-lint did not finish:\n${stderr || stdout}`);
  const { unexplained, explained, idle } = judge(stdout, ignores);
  for (const finding of unexplained) console.error(finding);
  for (const { rule, at } of idle)
    console.error(`The ignore of ${rule} at ${at.source} ignores nothing: take it away.`);
  const told = `cfn-lint: ${files.length} templates, ${unexplained.length} findings, ${explained} explained`;
  console.log(`${told} (scripts/lint-templates/ignores.ts)`);
  return unexplained.length === 0 && idle.length === 0;
}

try {
  process.exitCode = lint() ? 0 : 1;
} catch (error) {
  if (!(error instanceof NoPython)) throw error;
  skip('the templates', error);
}
