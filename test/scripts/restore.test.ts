import { ApplicationAutoScalingClient, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { CreateDBSnapshotCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import { RestoreAccount } from '../../scripts/restore/account.ts';
import { namesFor, nextStep, type View } from '../../scripts/restore/plan.ts';
import { restore } from '../../scripts/restore/restore.ts';
import { stageAssembly } from '../local/stage-assembly.ts';

const names = namesFor('understudy-local', 'before-2');
const view: View = {
  snapshot: { DBSnapshotIdentifier: 'before-2', Status: 'available' },
  live: { DBInstanceIdentifier: names.live, DBInstanceStatus: 'available' },
  restored: null,
  aside: null,
  service: { desired: 2, running: 2, minimum: 2, scalingSuspended: false },
};

describe('a restore', () => {
  test('makes nothing of a snapshot that is not there yet, or without a live instance to copy the settings of', () => {
    expect(() => nextStep({ ...view, snapshot: { Status: 'creating' } }, names)).toThrow('is creating, not available');
    expect(() => nextStep({ ...view, live: null }, names)).toThrow('no instance understudy-local');
  });

  test('never renames the live instance while tasks may write to it', () => {
    const restored = { DBInstanceStatus: 'available' };
    const steps = [
      { scalingSuspended: false },
      { scalingSuspended: true },
      { scalingSuspended: true, desired: 0 },
      { scalingSuspended: true, desired: 0, running: 0 },
    ].map((service) => nextStep({ ...view, restored, service: { ...view.service, ...service } }, names).do);
    expect(steps).toEqual(['suspend scaling', 'stop the service', 'wait', 'rename']);
  });
});

describe('on the stage', () => {
  let stage: VirtualStage;
  let account: RestoreAccount;
  let rds: RDSClient;
  let scaling: ApplicationAutoScalingClient;
  const snapshot = 'understudy-local-backstage-before';
  const told: string[] = [];
  const run = (change: { dryRun?: boolean; sleep?: (seconds: number) => Promise<void> } = {}) =>
    restore({
      account,
      instance: 'understudy-local',
      snapshot,
      dryRun: false,
      tell: (line) => told.push(line),
      sleep: (seconds) => stage.clock.advance(seconds * 1000),
      now: () => stage.clock.now(),
      ...change,
    });

  beforeAll(async () => {
    stage = await openVirtualStage(stageAssembly(), { inProcess: true });
    const place = {
      region: 'us-east-1',
      endpoint: stage.cloud.endpointUrl,
      credentials: { accessKeyId: 'engineer', secretAccessKey: 'engineer' },
    };
    account = new RestoreAccount(place, { cluster: 'understudy-local', name: 'backstage' });
    rds = new RDSClient(place);
    scaling = new ApplicationAutoScalingClient(place);
    await rds.send(
      new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'understudy-local', DBSnapshotIdentifier: snapshot }),
    );
    await stage.clock.advance(3 * 60_000);
  }, 60_000);
  afterAll(() => {
    rds.destroy();
    scaling.destroy();
    return stage.close();
  });

  const suspend = (suspended: boolean) =>
    scaling.send(
      new RegisterScalableTargetCommand({
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: 'service/understudy-local/backstage',
        SuspendedState: { DynamicScalingOutSuspended: suspended },
      }),
    );

  test('a dry run says what would be lost, and does nothing', async () => {
    await run({ dryRun: true });
    expect(told.join('\n')).toMatch(
      /in the 3 minutes since then is lost[\s\S]*First of all: make an instance of the snapshot/,
    );
    expect(stage.cloud.rds.instances()).toHaveLength(1);
  });

  test('broken off in the middle, it goes on where it was', async () => {
    let sleeps = 0;
    const breaksOff = async (seconds: number) => {
      sleeps += 1;
      if (sleeps > 50) throw new Error('the connection was lost');
      await stage.clock.advance(seconds * 1000);
    };
    await expect(run({ sleep: breaksOff })).rejects.toThrow('the connection was lost');
    await run();
    expect(told.at(-1)).toContain('is the snapshot');
  }, 30_000);

  test('the restored instance has the name, endpoint, network and settings of the one before, which is kept', () => {
    const { aside } = namesFor('understudy-local', snapshot);
    const [before, now] = [aside, 'understudy-local'].map((id) =>
      stage.cloud.rds.instances().find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === id),
    );
    expect(stage.cloud.rds.instances()).toHaveLength(2);
    expect(now?.Endpoint?.Address).toBe('understudy-local.stage.rds.amazonaws.com');
    for (const setting of ['DBSubnetGroup', 'DBParameterGroups', 'BackupRetentionPeriod', 'DBInstanceClass'] as const) {
      expect([setting, JSON.stringify(now?.[setting])]).toEqual([
        setting,
        expect.stringContaining(JSON.stringify(before?.[setting]).slice(0, 30)),
      ]);
    }
    expect(now?.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId)).toEqual(
      before?.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId),
    );
    expect(now?.DbiResourceId).not.toBe(before?.DbiResourceId);
  });

  test('the service runs again, and scales', () => {
    const [service] = stage.cloud.ecs.services();
    expect(service?.desiredCount).toBe(1);
    expect(stage.runtime.tasks()).toHaveLength(1);
  });

  test.each([false, true])(
    'run once more, it does not claim to have restored it again (dry run: %p)',
    async (dryRun) => {
      const { aside } = namesFor('understudy-local', snapshot);
      const [before, lines] = [stage.clock.now(), told.length];
      await expect(run({ dryRun })).rejects.toThrow(
        `was restored already. understudy-local came of it, and ${aside} is`,
      );
      expect([stage.clock.now(), told.length]).toEqual([before, lines]);
    },
  );

  test('run once more when the instance that was set aside has another name, it restores it again', async () => {
    const { aside } = namesFor('understudy-local', snapshot);
    const id = () =>
      stage.cloud.rds.instances().find((each) => each.DBInstanceIdentifier === names.live)?.DbiResourceId;
    const before = id();
    await rds.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: aside,
        NewDBInstanceIdentifier: `${aside}-kept`,
        ApplyImmediately: true,
      }),
    );
    await stage.clock.advance(15 * 60_000);
    await run();
    expect(told.at(-1)).toContain('understudy-local is the snapshot');
    expect(id()).not.toBe(before);
    expect(stage.cloud.rds.instances()).toHaveLength(3);
  }, 30_000);

  test('broken off right before its end, it does not claim the renames of the run before', async () => {
    await suspend(true);
    await run();
    expect(told.at(-1)).toMatch(/^An earlier run restored the snapshot; it is ended now\./);
  });
});
