import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Release } from '../../lambda/domain/release.ts';
import { WorkflowStage } from './workflow-stage.ts';

// A release takes seconds of a busy machine.
jest.setTimeout(60_000);

let workflow: WorkflowStage;
let first: Release;
let second: Release;

beforeAll(async () => {
  workflow = await WorkflowStage.open();
  first = await workflow.release('1.0');
  second = await workflow.release('2.0');
});

afterAll(() => workflow.close());

describe('a rollback after a release', () => {
  test('brings the last known-good version back, in its own revision, without a failed request', async () => {
    const third = await workflow.release('3.0');
    expect(third.outcome).toBe('released');
    const users = workflow.stage.users(() => false, 5);
    const back = await workflow.rollBack('back');
    users.stop();
    expect(back).toMatchObject({
      kind: 'rollback',
      outcome: 'released',
      request: { version: '2.0', policy: 'rollback', requestedBy: 'on call' },
      revision: second.revision,
      blue: { taskDefinition: third.revision },
    });
    expect(workflow.liveRevision()).toBe(second.revision);
    expect(users.counts.failed).toBe(0);
    expect(await workflow.disorder()).toEqual([]);
  });

  test('that is started twice in a row changes nothing the second time, and says what can be named', async () => {
    const again = await workflow.rollBack('again');
    expect(again.outcome).toBe('unchanged');
    expect(again.reason).toMatch(
      /2\.0, which serves, was brought back by rollback back .* Known good.*1\.0 \(release release-1\.0\)/,
    );
    expect(workflow.liveRevision()).toBe(second.revision);
  });

  test('goes to the version that is named', async () => {
    const named = await workflow.rollBack('named', { to: '1.0' });
    expect(named).toMatchObject({ outcome: 'released', revision: first.revision });
    expect(await workflow.disorder()).toEqual([]);
  });

  test('refuses a version that was never released, and names those that were', async () => {
    const refused = await workflow.rollBack('unknown', { to: '9.9' });
    expect(refused).toMatchObject({ outcome: 'refused', token: null });
    expect(refused.reason).toContain('no release 9.9');
    expect(refused.reason).toContain('1.0 (release release-1.0)');
  });
});
