import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { freezeAt } from '../../lambda/domain/freeze/freeze.ts';
import { environmentNames } from '../../lambda/domain/names.ts';
import { ConfigError } from '../config/config.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * What an advanced parameter holds
 * (https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html).
 */
const largestBytes = 8192;

/**
 * Where a release finds the freeze calendar when it starts: a parameter, so that people can change it at once.
 * The next deploy after a change of the file writes the file's text again (docs/policies.md).
 */
export class FreezeCalendar extends Construct {
  /** @param path of the iCalendar file, from the repository's root */
  constructor(scope: Construct, id: string, props: { readonly environment: string; readonly path: string }) {
    super(scope, id);
    new CfnParameter(this, 'Parameter', {
      name: environmentNames(props.environment).freezeCalendarParameter,
      description: `When no feature is to be released (iCalendar): ${props.path}`,
      type: 'String',
      // Beyond 4 KiB only an advanced parameter will do.
      tier: 'Intelligent-Tiering',
      value: readCalendar(props.path),
    });
  }
}

/** @throws ConfigError for a file that is not there, that no release could read, or that no parameter holds */
export function readCalendar(path: string): string {
  const refuse = (problem: string, cause?: unknown): never => {
    throw new ConfigError(`releases.freezeCalendar: ${JSON.stringify(path)} is refused: ${problem}.`, { cause });
  };
  let text: string;
  try {
    text = readFileSync(join(root, path), 'utf8');
  } catch (error) {
    return refuse('there is no such file, seen from the repository’s root. Correct the path, or give null', error);
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > largestBytes) {
    refuse(
      `it has ${bytes} bytes, and SSM holds ${largestBytes}. Remove events that are over, or repeat them by RRULE`,
    );
  }
  const reading = freezeAt(text, '2026-01-01T00:00:00Z');
  if ('unreadable' in reading) refuse(reading.unreadable);
  return text;
}
