import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { EnvironmentName } from '../../lib/config/config.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** A file of the cloud assembly that test/synthesize.ts made for an environment. */
export function synthesized(environment: EnvironmentName, file: string): unknown {
  const folder = process.env['UNDERSTUDY_TEMPLATES'];
  if (folder === undefined)
    throw new Error('No templates: jest.config.json has to name test/synthesize.ts as globalSetup.');
  return JSON.parse(readFileSync(join(folder, environment, file), 'utf8'));
}

/** @param stack the stack's name without `understudy-<environment>-`: `network`, `backstage-delivery` */
export function template(environment: EnvironmentName, stack: string): Template {
  const json = synthesized(environment, `understudy-${environment}-${stack}.template.json`);
  if (typeof json !== 'object' || json === null) throw new Error(`${stack} is no template`);
  return Template.fromJSON({ ...json });
}

/** The files of all stacks of an environment that end so, parsed, by the stack's name. */
export function everyFile(environment: string, ending: string): [stack: string, content: unknown][] {
  const folder = join(process.env['UNDERSTUDY_TEMPLATES'] ?? '', environment);
  const files = readdirSync(folder).filter((file) => file.endsWith(ending));
  return files.map((file) => [file.slice(0, -ending.length), JSON.parse(readFileSync(join(folder, file), 'utf8'))]);
}
