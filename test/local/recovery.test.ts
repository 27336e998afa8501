import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Release } from '../../lambda/domain/release.ts';
import type { Execution } from '../../local/stepfunctions/execution.ts';
import { WorkflowStage } from './workflow-stage.ts';

let workflow: WorkflowStage;
let live: Release;

beforeAll(async () => {
  workflow = await WorkflowStage.open();
  live = await workflow.release('1.0');
});

afterAll(() => workflow.close());

/** Lets time pass until no execution of the rollback machine runs any more. */
async function settle(): Promise<Execution[]> {
  const before = workflow.recoveries().length;
  await workflow.stage.clock.advance(1000);
  await workflow.stage.clock.run(() => workflow.recoveries().every(({ status }) => status !== 'RUNNING'));
  await workflow.stage.clock.advance(60_000);
  return workflow.recoveries().slice(0, workflow.recoveries().length - before);
}

let played = 1;

/** Aborts a release some seconds after it has entered a state; 0: at that very moment. */
async function abortIn(state: string, seconds = 0): Promise<{ release: Execution; recovery: Release }> {
  played += 1;
  const release = workflow.start(`${played}.0`);
  const abort = () => release.stop('Test', `Aborted in ${state}`);
  await workflow.when(release, state, seconds === 0 ? abort : () => undefined);
  if (seconds > 0) await workflow.stage.clock.advance(seconds * 1000);
  abort();
  const [recovery] = await settle();
  if (recovery === undefined) throw new Error('Nobody recovered it.');
  return { release, recovery: workflow.output(recovery) };
}

describe('an aborted release, when nobody does anything,', () => {
  test.each(['Register', 'Plan', 'Rehearse'])('is refused that was in %s, and its lock is freed', async (state) => {
    const { release, recovery } = await abortIn(state);
    expect(recovery).toMatchObject({ id: release.options.name, outcome: 'refused' });
    expect(recovery.reason).toMatch(/ended as ABORTED after .*Nothing was changed/);
    expect(await workflow.outside.ledgerEntry(release.options.name)).toEqual(recovery);
    expect(await workflow.disorder()).toEqual([]);
  });

  test('that had been refused the lock is refused in the ledger too', async () => {
    played += 2;
    const holder = workflow.start(`${played - 1}.0`);
    await workflow.when(holder, 'Plan', () => undefined);
    const refused = workflow.start(`${played}.0`);
    await workflow.when(refused, 'Open', () => refused.stop('Test', 'Aborted in Open'));
    await settle();
    holder.stop('Test', 'No longer needed');
    await settle();
    const entry = await workflow.outside.ledgerEntry(refused.options.name);
    expect(entry).toMatchObject({ outcome: 'refused', token: null, closedAt: expect.any(String) });
    expect(entry?.reason).toContain('ended as ABORTED');
  });

  test.each(['Shift', 'Observe'])('is taken back that was in %s, and the way back is proven', async (state) => {
    const { release, recovery } = await abortIn(state);
    expect(recovery).toMatchObject({
      id: release.options.name,
      outcome: 'rolled-back',
      verification: { verdict: 'works' },
    });
    expect(recovery.reason).toContain('ended as ABORTED');
    expect(await workflow.outside.ledgerEntry(release.options.name)).toEqual(recovery);
    expect(workflow.liveRevision()).toBe(live.revision);
    expect(await workflow.disorder()).toEqual([]);
  });

  test('is taken back while users reach it', async () => {
    const { recovery } = await abortIn('Observe', 120);
    expect(recovery).toMatchObject({ outcome: 'rolled-back' });
    expect(workflow.liveRevision()).toBe(live.revision);
    expect(await workflow.disorder()).toEqual([]);
  });

  test.each([
    ['Snapshot', 0],
    ['Migrate', 0],
    ['Migrate', 4],
    ['Shift', 0],
  ] as const)('has its schema mended that was in %s for %d s', async (state, seconds) => {
    played += 1;
    const migrations = { catalog: [`2026010${played}_a.js`] };
    const release = workflow.start(`${played}.0`, 'good', { migrations });
    const abort = () => release.stop('Test', `Aborted in ${state}`);
    await workflow.when(release, state, seconds === 0 ? abort : () => undefined);
    if (seconds > 0) await workflow.stage.clock.advance(seconds * 1000);
    abort();
    const [recovery] = await settle();
    const output = recovery && workflow.output(recovery);
    expect(output).toMatchObject({
      id: release.options.name,
      outcome: 'rolled-back',
      verification: { verdict: 'works' },
    });
    // No migration begins before the snapshot is there.
    expect(output?.mend?.result).toMatch(state === 'Snapshot' ? /untouched/ : /unwound|proven/);
    expect(workflow.liveRevision()).toBe(live.revision);
    expect(await workflow.disorder()).toEqual([]);
  });

  test('is released that was being promoted, when CodeDeploy has completed it', async () => {
    const { recovery } = await abortIn('Promote', 5);
    expect(recovery).toMatchObject({ outcome: 'released' });
    expect(workflow.liveRevision()).toBe(recovery.revision);
    expect(await workflow.disorder()).toEqual([]);
    live = recovery;
  });

  test('that fails by itself is left alone by the recovery, which nobody is told of', async () => {
    const told = workflow.stage.cloud.topics.published().length;
    const { machines } = workflow.stage.cloud;
    const machine = machines.machines().find(({ name }) => name === 'understudy-local-release');
    const execution = machines.start(machine?.arn ?? '', '{"service":"no-such-thing"}', 'senseless');
    await workflow.stage.finish(execution);
    execution.status = 'RUNNING';
    execution.stop('Test', 'As if it had been aborted after its end');
    const [recovery] = await settle();
    expect(recovery && workflow.output(recovery)).toMatchObject({
      outcome: 'unchanged',
      rollback: { end: 'not-needed' },
    });
    // The refusal itself, and the rule that tells of every abort.
    expect(workflow.stage.cloud.topics.published().length - told).toBe(2);
  });
});

describe('a rollback', () => {
  test('that is started right after the abort waits for the recovery, and finds nothing left to do', async () => {
    played += 1;
    const release = workflow.start(`${played}.0`);
    await workflow.when(release, 'Observe', () => release.stop('Test', null));
    const back = await workflow.rollBack(`after-abort-${played}`);
    expect(back).toMatchObject({ outcome: 'unchanged' });
    expect(await workflow.outside.ledgerEntry(release.options.name)).toMatchObject({ outcome: 'rolled-back' });
    expect(workflow.liveRevision()).toBe(live.revision);
    await workflow.stage.clock.advance(60_000);
    expect(await workflow.disorder()).toEqual([]);
  });

  test('that is aborted itself is taken back, and what served before it serves again', async () => {
    played += 1;
    const newest = await workflow.release(`${played}.0`);
    const back = workflow.startRollback(`aborted-${played}`);
    await workflow.when(back, 'Observe', () => undefined);
    await workflow.stage.clock.advance(40_000);
    back.stop('Test', null);
    const [recovery] = await settle();
    expect(recovery && workflow.output(recovery)).toMatchObject({
      id: back.options.name,
      kind: 'rollback',
      outcome: 'rolled-back',
    });
    expect(workflow.liveRevision()).toBe(newest.revision);
    expect(await workflow.disorder()).toEqual([]);
    live = newest;
  });
});

describe('a recovery that is aborted too', () => {
  test('is recovered once more, and leaves no task of either behind', async () => {
    played += 1;
    const release = workflow.start(`${played}.0`);
    await workflow.when(release, 'Observe', () => release.stop('Test', null));
    await workflow.stage.clock.advance(1000);
    const [recovery] = workflow.recoveries();
    if (recovery === undefined) throw new Error('Nobody recovers it.');
    await workflow.when(recovery, 'Verify', () => undefined);
    await workflow.stage.clock.advance(4000);
    recovery.stop('Test', null);
    const [second] = await settle();
    expect(second && workflow.output(second)).toMatchObject({ id: release.options.name, outcome: 'rolled-back' });
    expect(await workflow.disorder()).toEqual([]);
  });

  test('twice is left to people, who are called; the next release takes the lock over and cleans up', async () => {
    played += 1;
    const release = workflow.start(`${played}.0`);
    await workflow.when(release, 'Rehearse', () => undefined);
    await workflow.stage.clock.advance(4000);
    release.stop('Test', null);
    for (const seconds of [60, 30]) {
      await workflow.stage.clock.advance(seconds * 1000);
      workflow.recoveries()[0]?.stop('Test', null);
    }
    await settle();
    const [last] = workflow.recoveries();
    expect(last && workflow.output(last)).toMatchObject({ outcome: 'failed', rollback: { end: 'given-up' } });
    expect(workflow.stage.cloud.topics.published().at(-1)?.subject).toContain('failed');
    await workflow.stage.clock.advance(600_000);
    const next = await workflow.release('99.0');
    expect(next).toMatchObject({ outcome: 'released', abandoned: [release.options.name] });
    await workflow.stage.clock.advance(60_000);
    expect(await workflow.disorder()).toEqual([]);
    expect(await workflow.outside.ledgerEntry(release.options.name)).toMatchObject({ outcome: expect.any(String) });
  });
});
