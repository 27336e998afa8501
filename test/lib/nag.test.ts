import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { understudyApp } from '../../lib/app.ts';
import { environmentConfig, environmentNamesAllowed } from '../../lib/config/config.ts';
import { acknowledge } from '../../lib/nag.ts';
import { everyFile } from './templates.ts';

interface Suppression {
  readonly path: string;
  readonly finding: string;
  readonly reason: string;
}

/** What `acknowledge` has left in the metadata of an environment's stacks. */
function suppressions(environment: string): Suppression[] {
  return everyFile(environment, '.metadata.json').flatMap(([, content]) =>
    Object.entries(Object(content)).flatMap(([path, entries]) =>
      [entries].flat().flatMap((entry): Suppression[] => {
        const { type, data } = Object(entry);
        if (type !== 'aws:cdk:acknowledged-rules') return [];
        return Object.entries(data).flatMap(([finding, reason]) =>
          finding.includes('AwsSolutions') ? [{ path, finding, reason: String(reason) }] : [],
        );
      }),
    ),
  );
}

describe.each(environmentNamesAllowed)('every finding of cdk-nag that %s lets pass', (environment) => {
  const all = suppressions(environment);

  test('is one finding, on one construct inside of a stack', () => {
    expect(all.length).toBeGreaterThan(20);
    const wide = all.filter(({ path, finding }) => {
      const whole = path.split('/').filter((part) => part !== '').length < 2;
      return whole || (finding.includes('IAM') && !finding.includes('['));
    });
    expect(wide).toEqual([]);
  });

  test('has a reason in a sentence, and no two rules of a construct share one', () => {
    expect(all.filter(({ reason }) => reason.length < 30 || !/[.]$/.test(reason))).toEqual([]);
    const rules = new Map<string, Set<string>>();
    for (const { path, finding, reason } of all) {
      const key = `${path}: ${reason}`;
      const rule = finding.replace(/\[.*/, '');
      rules.set(key, (rules.get(key) ?? new Set()).add(rule));
    }
    expect([...rules].filter(([, used]) => used.size > 1).map(([key]) => key)).toEqual([]);
  });
});

/** Synthesizes a bucket that breaks one rule, with a reason for it or without. */
const synthesize = (reasoned: boolean): (() => void) => {
  const outdir = mkdtempSync(join(tmpdir(), 'understudy-nag-'));
  const app = understudyApp({ outdir });
  const bucket = new Bucket(new Stack(app, 'Stack'), 'Bucket', { enforceSSL: true });
  if (reasoned) acknowledge(bucket, 'AwsSolutions-S1', 'It holds the logs themselves.');
  return () => {
    const before = process.env['CDK_VALIDATION'];
    delete process.env['CDK_VALIDATION'];
    const { error, log } = console;
    console.error = console.log = () => undefined;
    try {
      app.synth();
    } finally {
      Object.assign(console, { error, log });
      if (before !== undefined) process.env['CDK_VALIDATION'] = before;
      rmSync(outdir, { recursive: true, force: true });
    }
  };
};

describe('an app', () => {
  test('with a finding is not synthesized', () => {
    expect(synthesize(false)).toThrow('AwsSolutions-S1');
  }, 30_000);

  test('with a reason for it is', () => {
    expect(synthesize(true)).not.toThrow();
  });
});

test('nobody but AWS’s own services, GitHub and named roles is trusted or let in by any policy', () => {
  const open = environmentNamesAllowed.flatMap((environment) =>
    everyFile(environment, '.template.json').flatMap(([stack, content]) =>
      statements(content)
        .filter(({ Effect, Principal, NotPrincipal }) => Effect === 'Allow' && (NotPrincipal ?? isOpen(Principal)))
        .map((statement) => `${stack}: ${JSON.stringify(statement)}`),
    ),
  );
  expect(open).toEqual([]);
  expect(environmentConfig('production').access).not.toBeNull();
});

type Statement = Readonly<Record<'Effect' | 'Principal' | 'NotPrincipal', unknown>>;

/** All statements of all policies in a template, wherever they are. */
function statements(value: unknown): Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  const own: unknown = Reflect.get(value, 'Statement');
  const found = Array.isArray(own) ? own.map((each): Statement => Object(each)) : [];
  return [...found, ...Object.values(value).flatMap(statements)];
}

function isOpen(principal: unknown): boolean {
  if (typeof principal !== 'object' || principal === null) return principal === '*';
  return Object.values(principal).flat().includes('*');
}
