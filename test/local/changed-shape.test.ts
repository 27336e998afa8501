import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addStacks } from '../../lib/app.ts';
import { environmentConfig, type ServiceConfig } from '../../lib/config/config.ts';
import { serviceConfig } from '../../lib/service/service-props.ts';
import { Assembly } from '../../local/deploy/assembly.ts';
import { say } from '../cli/stage.ts';
import { fastApp } from '../lib/fast-app.ts';
import { WorkflowStage } from './workflow-stage.ts';

let workflow: WorkflowStage;
const folders: string[] = [];

const serving = () => workflow.primary().input.revision.definition;
const variables = () =>
  Object.fromEntries((serving().containerDefinitions?.[0]?.environment ?? []).map(({ name, value }) => [name, value]));
const digest = () => serving().containerDefinitions?.[0]?.image?.split('@')[1];
const status = async () => (await say(workflow.stage, ['status', 'backstage'])).stdout;
const task = serviceConfig({ config: environmentConfig('local'), service: 'backstage' }).task;

/** `cdk deploy` of the whole service, its tasks changed; the other stacks are as they were. */
async function deployWith(change: Partial<Pick<ServiceConfig['task'], 'cpu' | 'environment'>>) {
  const local = environmentConfig('local');
  const backstage = serviceConfig({ config: local, service: 'backstage' });
  const environment = { ...task.environment, ...change.environment };
  const changed = { ...backstage, task: { ...task, ...change, environment } };
  const folder = mkdtempSync(join(tmpdir(), 'understudy-shape-'));
  folders.push(folder);
  const app = fastApp(folder);
  addStacks(app, { ...local, services: { backstage: changed } });
  app.synth();
  const stacks = new Assembly(folder).stacks.filter(({ name }) => name.startsWith('understudy-local-backstage'));
  for (const stack of stacks) await workflow.stage.cloud.deployment.deployStack(stack);
  return stacks;
}

async function release(name: string, sequence: number) {
  const execution = workflow.stage.start(name, { image: '1.0', version: '1.0', sequence });
  await workflow.stage.finish(execution);
  return workflow.output(execution);
}

beforeAll(async () => {
  workflow = await WorkflowStage.open();
  await workflow.release('1.0');
}, 60_000);

afterAll(async () => {
  await workflow.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('a deploy that changes what tasks are', () => {
  test('tells the next shape, changes nothing that serves, and status says that the shape is pending', async () => {
    expect(await status()).toMatch(/Shape +as deployed/i);
    const before = workflow.liveRevision();
    const stacks = await deployWith({ cpu: 2048, environment: { GREETING: 'hello' } });
    const outputs = stacks.flatMap(({ template }) => Object.keys(template.Outputs ?? {}));
    expect(outputs).toContain('NextShape');
    expect(workflow.liveRevision()).toBe(before);
    expect(serving().cpu).toBe(String(task.cpu));
    expect(await status()).toMatch(/Shape +pending: .* the next release applies it, of the same image too/i);
  });

  test('takes effect when the image that serves is released once more, and is pending no longer', async () => {
    const before = { digest: digest(), revision: workflow.liveRevision() };
    expect(await release('again', 2)).toMatchObject({ outcome: 'released', image: { digest: before.digest } });
    expect(digest()).toBe(before.digest);
    expect(workflow.liveRevision()).not.toBe(before.revision);
    expect(serving().cpu).toBe('2048');
    expect(variables()).toMatchObject({ GREETING: 'hello' });
    expect(await status()).toMatch(/Shape +as deployed/i);
    expect(await workflow.disorder()).toEqual([]);
  });
});

describe('a pipeline that is run again, with the number that it had,', () => {
  test('has nothing to do while the shape is the one that serves', async () => {
    expect(await release('run-again', 2)).toMatchObject({ outcome: 'unchanged' });
  });

  test('brings a shape that was deployed since', async () => {
    await deployWith({ cpu: 4096 });
    expect(await release('run-after-deploy', 2)).toMatchObject({ outcome: 'released' });
    expect(serving().cpu).toBe('4096');
    expect(variables()).not.toHaveProperty('GREETING');
    expect(await release('run-once-more', 2)).toMatchObject({ outcome: 'unchanged' });
    expect(await status()).toMatch(/Shape +as deployed/i);
  });
});

test('a rollback brings the version back in the shape that it was good in', async () => {
  const before = digest();
  const rolledBack = await workflow.rollBack('back');
  expect(rolledBack).toMatchObject({ kind: 'rollback', outcome: 'released' });
  expect([digest(), serving().cpu]).toEqual([before, '2048']);
  expect(await status()).toMatch(/Shape +pending/i);
});
