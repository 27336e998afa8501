import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Release, releaseSchema } from '../../lambda/domain/release.ts';
import type { MigrationEffect } from '../../local/simulation/simulated-database.ts';
import type { Execution } from '../../local/stepfunctions/execution.ts';
import { stageAssembly } from '../local/stage-assembly.ts';
import type { FaultName } from './faults.ts';
import { violations } from './invariants/check.ts';
import { type Played, play } from './play.ts';
import type { Scenario } from './scenarios.ts';
import { FaultStage } from './stage/fault-stage.ts';

// What other release tools got wrong, one test for each.
let stage: FaultStage;
let clean: Played;

beforeAll(async () => {
  stage = await FaultStage.open(stageAssembly());
  clean = await play(stage, { scenario: 'good' });
}, 60_000);

afterAll(() => stage.close());

// Alarms that an earlier test set off are over by then.
beforeEach(() => stage.clock.advance(300_000));

/** Plays a run that is struck at the last call of this kind, holds it to all invariants, and tells how it ended. */
async function survive(scenario: Scenario, state?: string, operation?: string, fault?: FaultName) {
  const at = clean.calls.findLast((call) => call.state === state && call.operation === operation);
  const target = at ?? { state: state ?? '', nth: 1 };
  const { facts, injected } = await play(stage, { scenario, ...(fault && { strike: { at: target, fault } }) });
  expect(violations(facts)).toEqual([]);
  expect(injected).toBe(fault === undefined ? 0 : 1);
  return { facts, outcomes: facts.entries.map(({ outcome }) => outcome) };
}

async function end(execution: Execution): Promise<Release> {
  await stage.finish(execution);
  return releaseSchema.parse(JSON.parse(execution.output ?? 'null'));
}

const service = () => {
  const [only] = stage.simulated.cloud.ecs.services();
  if (only === undefined) throw new Error('Nothing is deployed.');
  return only;
};

describe('traffic', () => {
  test('1. An infrastructure update resets listener weights while green is live: a deploy leaves them', async () => {
    const { outcomes } = await survive('good', 'Observe', 'lambda:Invoke', 'deployed');
    expect(outcomes).toEqual(['released']);
    const before = stage.traffic.serving();
    await stage.deployTemplates();
    expect(stage.traffic.serving()).toEqual(before);
  });

  test('2. Traffic goes to a target group with no healthy target: not for a second, though green never gets well', async () => {
    const { facts, outcomes } = await survive('hang');
    expect(outcomes).toEqual(['rolled-back']);
    expect(facts.unserved).toEqual([]);
  });

  test('3. A fast rollback overloads a colour that is still scaling up: nobody is sent to fewer tasks than are wanted', async () => {
    stage.simulated.cloud.ecs.updateService(service(), { desiredCount: 2 });
    await stage.clock.advance(120_000);
    const rollback = stage.rollback({ to: stage.otherVersion() });
    const short: unknown[] = [];
    while (rollback.status === 'RUNNING') {
      await stage.clock.advance(1000);
      short.push(...stage.traffic.serving().filter(({ healthy }) => healthy < 2));
    }
    expect(await end(rollback)).toMatchObject({ outcome: 'released' });
    expect(short).toEqual([]);
    stage.simulated.cloud.ecs.updateService(service(), { desiredCount: 1 });
  });

  test('4. The canary is deleted before its weight is 0; 5. Rollback reverts the tasks but not the listener', async () => {
    const { facts, outcomes } = await survive('late');
    expect(outcomes).toEqual(['rolled-back']);
    expect(facts.users.onGreen).toBeGreaterThan(0);
    expect(facts.unserved).toEqual([]);
    expect(facts.serving.groups).toMatchObject([{ weight: 100 }]);
  });

  test('18. The old target group stays in the rule at weight 0 and reads as drift: the next release takes it as it is', async () => {
    const { productionRule } = stage.simulated.description.loadBalancer;
    const rule = stage.simulated.cloud.elb.rules().find(({ arn }) => arn === productionRule);
    expect(rule?.action).toMatchObject({
      kind: 'forward',
      groups: expect.arrayContaining([expect.objectContaining({ weight: 0 })]),
    });
    expect((await survive('good')).outcomes).toEqual(['released']);
  });
});

describe('what is left', () => {
  test('6. Cancelling leaves orphan tasks: the one that was being probed is stopped', async () => {
    const { outcomes } = await survive('good', 'Rehearse', 'ecs:RunTask', 'overruled');
    expect(outcomes).toEqual(['refused', 'unchanged']);
  });

  test('7. Rollback deregisters the revision in use: nothing is ever deregistered', async () => {
    const { facts } = await survive('errors');
    expect(facts.liveRevision).toBe('ACTIVE');
    const operations = stage.simulated.cloud.endpoint.calls.calls().map(({ operation }) => operation);
    expect(operations).not.toContain('DeregisterTaskDefinition');
  });

  test('12. Aborting with nothing in progress scales the stable version down: it goes on as it was', async () => {
    const { facts } = await survive('good', 'Plan', 'ecs:DescribeTasks', 'aborted');
    expect(facts.serving.digest).toBe(facts.before.digest);
    expect(service().desiredCount).toBe(1);
  });

  test('17. Changing any property of a CODE_DEPLOY service fails the stack: a deploy changes none', async () => {
    const before = service().primary;
    await stage.deployTemplates();
    expect(service().primary).toBe(before);
  });
});

describe('waiting and deciding', () => {
  test('9. An alarm is ignored during a manual wait: it ends the wait for an approval', async () => {
    const execution = stage.release(stage.push('good'), { approval: true });
    await stage.clock.advance(120_000);
    const [alarm = ''] = stage.simulated.description.alarms;
    stage.simulated.cloud.cloudwatch.setAlarmState(alarm, 'ALARM', 'a test');
    const release = await end(execution);
    expect(release).toMatchObject({ outcome: 'rolled-back', deployment: { continuedAt: null } });
    expect(release.reason).toContain(alarm);
  });

  test('10. No data makes it roll back; no data makes it advance: a look without an answer does neither', async () => {
    const at = clean.calls.find(({ state, operation }) => state === 'Observe' && operation === 'lambda:Invoke');
    const { facts } = await play(stage, { scenario: 'good', ...(at && { strike: { at, fault: 'refused' } }) });
    expect(violations(facts)).toEqual([]);
    expect(facts.entries).toMatchObject([{ outcome: 'released' }]);
  });

  test('11. A state has no deadline and waits for ever: every one has', async () => {
    for (const { definition } of stage.simulated.cloud.machines.machines()) {
      const tasks = Object.values(definition.States).filter(({ Type }) => Type === 'Task');
      expect(definition.TimeoutSeconds).toBeGreaterThan(0);
      expect(tasks.map(({ TimeoutSeconds }) => TimeoutSeconds ?? 0).every((seconds) => seconds > 0)).toBe(true);
    }
    const start = stage.clock.now();
    await survive('hang');
    const { deadlines } = stage.simulated.description;
    const most = deadlines.readySeconds + deadlines.retreatSeconds + 2 * deadlines.taskSeconds;
    expect((stage.clock.now() - start) / 1000).toBeLessThan(most);
  });

  test('13. Two racing releases finish out of order: one is refused, and so is an older one afterwards', async () => {
    const { outcomes } = await survive('good', 'Plan', 'ecs:DescribeTasks', 'rival');
    expect(outcomes).toEqual(['released', 'refused']);
    expect(await end(stage.release(stage.push('good'), { sequence: 1 }))).toMatchObject({ outcome: 'refused' });
  });

  test('14. "No deployment in progress" is raised during a rollback: a stop whose answer was lost is no error', async () => {
    const { calls } = await play(stage, { scenario: 'errors' });
    const at = calls.find(({ operation }) => operation === 'codedeploy:StopDeployment');
    const { facts } = await play(stage, { scenario: 'errors', ...(at && { strike: { at, fault: 'lost' } }) });
    expect(violations(facts)).toEqual([]);
    expect(facts.entries).toMatchObject([{ outcome: 'rolled-back' }]);
  });
});

describe('the schema', () => {
  const before: string[] = [];

  async function forward(migrations: string[], effect: MigrationEffect = {}): Promise<Release> {
    const effects = Object.fromEntries(migrations.map((name) => [name, effect]));
    return end(stage.release(stage.push('good', { catalog: [...before, ...migrations] }, effects)));
  }

  test('15. The old Backstage refuses to start on the new schema: then nothing of it is applied', async () => {
    const release = await forward(['exclusive.js'], { breaksRestarted: true });
    expect(release).toMatchObject({ outcome: 'refused', schema: { migrate: null } });
    expect(stage.simulated.database.applied('catalog')).toEqual([]);
  });

  test('16. A killed task leaves the migration lock: it is freed', async () => {
    stage.simulated.database.lock('catalog', '', () => false);
    expect(await forward(['a.js'])).toMatchObject({ outcome: 'released', schema: { unlock: { done: true } } });
    before.push('a.js');
  });

  test('19. Forward, back, forward again: migrations are skipped and data is missing: all are there, once', async () => {
    const next = stage.push('good', { catalog: [...before, 'b.js'] });
    expect(await end(stage.release(next))).toMatchObject({ outcome: 'released' });
    expect(await end(stage.rollback())).toMatchObject({ outcome: 'released' });
    expect(await end(stage.release(next))).toMatchObject({ outcome: 'released' });
    expect(stage.simulated.database.applied('catalog')).toEqual(['a.js', 'b.js']);
  });
});

// Last, because it takes a version away.
test('8. The rollback target is INACTIVE, or its image expired: refused before anything is touched', async () => {
  const { ecs } = stage.simulated.cloud;
  const serving = service().primary?.input.revision.arn;
  const { revision } = releaseSchema.parse(JSON.parse(stage.executions()[0]?.output ?? 'null'));
  ecs.definitions.deregister(revision ?? '', stage.clock.now());
  const release = await end(stage.rollback({ to: 'v1' }));
  expect(release.outcome).toBe('refused');
  expect(release.reason).toContain('INACTIVE');
  expect(service().primary?.input.revision.arn).toBe(serving);
});
