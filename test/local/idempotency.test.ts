import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Release } from '../../lambda/domain/release.ts';
import { WorkflowStage } from './workflow-stage.ts';

let workflow: WorkflowStage;
let live: Release;

const deployments = (): number => workflow.stage.cloud.codedeploy.deployments().length;

beforeAll(async () => {
  workflow = await WorkflowStage.open();
  live = await workflow.release('1.0');
});

afterAll(() => workflow.close());

describe('the same release', () => {
  test('started twice under its name is one execution', async () => {
    workflow.stage.push('2.0', 'good');
    const request = { image: '2.0', version: '2.0', sequence: 2 };
    const before = deployments();
    const first = workflow.stage.start('release-2', request);
    expect(workflow.stage.start('release-2', request)).toBe(first);
    await workflow.stage.finish(first);
    live = workflow.output(first);
    expect(live.outcome).toBe('released');
    expect(deployments()).toBe(before + 1);
    expect(() => workflow.stage.start('release-2', request)).toThrow('Execution Already Exists');
  });

  test('started again under another name says that it is live already, and changes nothing', async () => {
    const before = deployments();
    const again = workflow.stage.start('release-2-again', { image: '2.0', version: '2.0', sequence: 2 });
    await workflow.stage.finish(again);
    expect(workflow.output(again)).toMatchObject({
      outcome: 'unchanged',
      reason: '2.0 is live already: the same image under sequence 2.',
    });
    expect(deployments()).toBe(before);
    expect(workflow.liveRevision()).toBe(live.revision);
    expect(await workflow.disorder()).toEqual([]);
  });
});

describe('an aborted execution that somebody redrives', () => {
  test('after its recovery changes nothing, and its entry stays as it is', async () => {
    workflow.stage.push('3.0', 'good');
    const release = workflow.stage.start('release-3', { image: '3.0', version: '3.0', sequence: 3 });
    await workflow.when(release, 'Observe', () => release.stop('Test', null));
    await workflow.stage.clock.advance(1000);
    const [recovery] = workflow.recoveries();
    if (recovery === undefined) throw new Error('Nobody recovers it.');
    await workflow.stage.finish(recovery);
    const entry = await workflow.outside.ledgerEntry('release-3');
    expect(entry).toMatchObject({ outcome: 'rolled-back' });
    const before = deployments();
    release.redrive();
    await workflow.stage.finish(release);
    await workflow.stage.clock.advance(200_000);
    expect(await workflow.outside.ledgerEntry('release-3')).toEqual(entry);
    expect(deployments()).toBe(before);
    expect(workflow.liveRevision()).toBe(live.revision);
    expect(await workflow.disorder()).toEqual([]);
  });
});

describe('a release that is asked for less than a release', () => {
  test.each([
    ['plan', 'planned', 'Pending migrations: catalog/20260101_a.js.'],
    ['rehearse', 'rehearsed', 'nothing was changed'],
  ] as const)('until %s ends as %s, and ships nothing', async (until, outcome, told) => {
    const before = deployments();
    workflow.stage.push(`until-${until}`, 'good', { catalog: ['20260101_a.js'] });
    const request = { image: `until-${until}`, version: '4.0', sequence: 4, until };
    const execution = workflow.stage.start(`until-${until}`, request);
    await workflow.stage.finish(execution);
    await workflow.stage.clock.advance(60_000);
    const release = workflow.output(execution);
    expect(release).toMatchObject({ outcome, deployment: null, snapshot: null, reason: expect.stringContaining(told) });
    expect(deployments()).toBe(before);
    expect(workflow.liveRevision()).toBe(live.revision);
    expect(await workflow.disorder()).toEqual([]);
  });
});
