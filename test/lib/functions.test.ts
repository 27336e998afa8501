import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { bundle } from '../../lib/functions/bundle.ts';
import { WorkflowFunction } from '../../lib/functions/workflow-function.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-functions-'));
  writeFileSync(join(folder, 'answer.ts'), 'export const answer: number = 42;');
  writeFileSync(join(folder, 'entry.ts'), "import { answer } from './answer.ts'; export const handler = () => answer;");
});
afterAll(() => rmSync(folder, { recursive: true }));

function stackWith(context: Record<string, unknown>): Stack {
  const stack = new Stack(new App({ outdir: join(folder, 'cdk.out'), context }), 'stack');
  new WorkflowFunction(stack, 'Step', {
    functionName: 'step',
    entry: join(folder, 'entry.ts'),
    description: 'A step',
    timeout: Duration.seconds(10),
    policies: [new PolicyStatement({ actions: ['ecs:RunTask'], resources: ['arn:aws:ecs:::task'] })],
  });
  return stack;
}

describe('a bundle', () => {
  test('is one CommonJS file with everything in it, wherever it lies', () => {
    const target = join(folder, 'bundle');
    mkdirSync(target);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    bundle(join(folder, 'entry.ts'), target);
    expect(createRequire(import.meta.url)(join(target, 'index.cjs')).handler()).toBe(42);
  });

  test('is the same, byte by byte, for the same sources', () => {
    const texts = ['one', 'two'].map((name) => {
      const target = join(folder, name);
      mkdirSync(target);
      bundle(join(folder, 'entry.ts'), target);
      return readFileSync(join(target, 'index.cjs'), 'utf8');
    });
    expect(texts[0]).toBe(texts[1]);
  });

  test('of a handler that is not there fails by its name', () => {
    expect(() => bundle('lambda/steps/no-such-step.ts', folder)).toThrow(/no-such-step/);
  });
});

describe('a workflow function', () => {
  test('uploads its bundle', () => {
    const template = Template.fromStack(stackWith({}));
    template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.handler', Runtime: 'nodejs24.x' });
    expect(JSON.stringify(template.findResources('AWS::Lambda::Function'))).toContain('S3Key');
  });

  test('reads no handler when bundling is off', () => {
    const template = Template.fromStack(stackWith({ 'aws:cdk:bundling-stacks': [] }));
    expect(JSON.stringify(template.findResources('AWS::Lambda::Function'))).toContain('bundling is off');
  });

  test('has a role with its own policies and its own log, and no managed policy', () => {
    const template = Template.fromStack(stackWith({ 'aws:cdk:bundling-stacks': [] }));
    const [role] = Object.values(template.findResources('AWS::IAM::Role'));
    expect(role?.['Properties'].ManagedPolicyArns).toBeUndefined();
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    const actions = policy?.['Properties'].PolicyDocument.Statement.flatMap(
      (statement: { Action: string }) => statement.Action,
    );
    expect(actions).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'ecs:RunTask']);
  });
});
