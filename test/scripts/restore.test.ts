import { ApplicationAutoScalingClient, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { CreateDBSnapshotCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { environmentConfig } from '../../lib/config/config.ts';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import { RestoreAccount } from '../../scripts/restore/account.ts';
import { namesFor, nextStep, type ServiceView, type View } from '../../scripts/restore/plan.ts';
import { type RestoreOptions, restore } from '../../scripts/restore/restore.ts';
import { databaseUsers, releasesUnderWay } from '../../scripts/restore/users.ts';
import { stageAssembly } from '../local/stage-assembly.ts';

const names = namesFor('understudy-local', 'before-2');
const view: View = {
  snapshot: { DBSnapshotIdentifier: 'before-2', Status: 'available' },
  live: { DBInstanceIdentifier: names.live, DBInstanceStatus: 'available' },
  restored: null,
  aside: null,
  services: [
    { name: 'backstage', desired: 2, running: 2, minimum: 2, scalingSuspended: false },
    { name: 'trucks', desired: 3, running: 3, minimum: 3, scalingSuspended: false },
  ],
};

const gone = { scalingSuspended: true, desired: 0, running: 0 };
const services = (changes: readonly Partial<ServiceView>[]) =>
  view.services.map((service, index) => ({ ...service, ...changes[index] }));
const named = (name: string): unknown => expect.objectContaining({ name });

describe('a restore', () => {
  test('makes nothing of a snapshot that is not there yet, or without a live instance to copy the settings of', () => {
    expect(() => nextStep({ ...view, snapshot: { Status: 'creating' } }, names)).toThrow('is creating, not available');
    expect(() => nextStep({ ...view, live: null }, names)).toThrow('no instance understudy-local');
  });

  test('never renames the live instance while tasks may write to it', () => {
    const restored = { DBInstanceStatus: 'available' };
    const steps = [
      [{}, {}],
      [{ scalingSuspended: true }, {}],
      [{ scalingSuspended: true }, { scalingSuspended: true }],
      [gone, { scalingSuspended: true }],
      [gone, { ...gone, running: 1 }],
      [gone, gone],
    ].map((each) => nextStep({ ...view, restored, services: services(each) }, names));
    expect(steps).toEqual([
      { do: 'suspend scaling', services: [named('backstage'), named('trucks')] },
      { do: 'suspend scaling', services: [named('trucks')] },
      { do: 'stop', services: [named('backstage'), named('trucks')] },
      { do: 'stop', services: [named('trucks')] },
      { do: 'wait', for: 'the tasks of trucks to stop' },
      { do: 'rename', from: names.live, to: names.aside },
    ]);
  });

  test('starts every service again, and is done when all of them scale', () => {
    const aside = { DBInstanceStatus: 'available' };
    const suspended = { scalingSuspended: true };
    const steps = [
      [gone, gone],
      [suspended, gone],
      [suspended, { ...suspended, running: 1 }],
      [suspended, suspended],
      [{}, suspended],
      [{}, {}],
    ].map((each) => nextStep({ ...view, aside, services: services(each) }, names));
    expect(steps).toEqual([
      { do: 'start', services: [named('backstage'), named('trucks')] },
      { do: 'start', services: [named('trucks')] },
      { do: 'wait', for: 'trucks to start' },
      { do: 'resume scaling', services: [named('backstage'), named('trucks')] },
      { do: 'resume scaling', services: [named('trucks')] },
      { do: 'nothing' },
    ]);
  });
});

describe('the users of the database', () => {
  const { backstage } = environmentConfig('local').services;
  if (backstage === undefined) throw new Error('There is no Backstage.');

  test('are all services of the environment that have data in it', () => {
    const without = { ...backstage, task: { ...backstage.task, database: null } };
    expect(databaseUsers({ backstage, trucks: backstage, website: without })).toEqual(['backstage', 'trucks']);
  });

  test('are all asked for a release that is under way', async () => {
    const holder = { release: 'trucks-7', execution: 'arn', since: '2026-11-21T09:00:00Z', after: [] };
    const read = (service: string) => Promise.resolve(service === 'trucks' ? { token: 7, holder } : { token: 2 });
    expect(await releasesUnderWay(['backstage', 'trucks'], read)).toEqual([{ service: 'trucks', release: 'trucks-7' }]);
  });
});

describe('on the stage', () => {
  let stage: VirtualStage;
  let account: RestoreAccount;
  let rds: RDSClient;
  let scaling: ApplicationAutoScalingClient;
  const snapshot = 'understudy-local-backstage-before';
  const told: string[] = [];
  const other = { service: 'trucks', release: 'trucks-7' };
  const tasksAtRenames: number[] = [];
  const run = (
    change: {
      dryRun?: boolean;
      underWay?: RestoreOptions['underWay'];
      sleep?: (seconds: number) => Promise<void>;
    } = {},
  ) =>
    restore({
      account,
      instance: 'understudy-local',
      snapshot,
      dryRun: false,
      underWay: () => Promise.resolve([]),
      tell: (line) => {
        told.push(line);
        if (line.startsWith('rename')) tasksAtRenames.push(stage.runtime.tasks().length);
      },
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
    addService('trucks');
    account = new RestoreAccount(place, 'understudy-local', ['backstage', 'trucks', 'not-deployed-yet']);
    rds = new RDSClient(place);
    scaling = new ApplicationAutoScalingClient(place);
    await suspend(false, 'trucks');
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

  const suspend = (suspended: boolean, service = 'backstage') =>
    scaling.send(
      new RegisterScalableTargetCommand({
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: `service/understudy-local/${service}`,
        MinCapacity: 1,
        MaxCapacity: 2,
        SuspendedState: { DynamicScalingOutSuspended: suspended },
      }),
    );
  /** A second service on the database, made like the first. */
  const addService = (name: string) => {
    const [service] = stage.cloud.ecs.services();
    const set = service?.primary?.input;
    if (service === undefined || set === undefined) throw new Error('There is no service.');
    stage.cloud.ecs.createService({
      ...service.input,
      ...set,
      name,
      cluster: 'understudy-local',
      taskDefinition: set.revision.definition.taskDefinitionArn ?? '',
      desiredCount: 1,
      healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
      loadBalancer: set,
    });
  };

  test('a dry run says what would be lost, and does nothing', async () => {
    await run({ dryRun: true });
    expect(told.join('\n')).toMatch(
      /any service wrote in the 3 minutes since then is lost.*together: backstage, trucks\.[\s\S]*First of all: make an instance of the snapshot/,
    );
    expect(stage.cloud.rds.instances()).toHaveLength(1);
  });

  test('a release that is under way keeps it from doing anything', async () => {
    await expect(run({ underWay: () => Promise.resolve([other]) })).rejects.toThrow(
      'A release is under way: trucks-7 of trucks. Nothing was done.',
    );
    expect(stage.cloud.rds.instances()).toHaveLength(1);
  });

  test.each([
    [1, 'suspend scaling of backstage, trucks. What was made so far is kept. Wait'],
    [2, 'stop backstage, trucks. What was made so far is kept; autoscaling of backstage, trucks is suspended. Wait'],
    [
      2,
      /rename understudy-local to .*; backstage, trucks stopped: USERS ARE WITHOUT SERVICE until this goes on\. Wait/,
    ],
    [2, /rename understudy-local-restored-\w+ to understudy-local\. .*; no instance has the live name\. Wait/],
  ])(
    'a release that begins after %d looks at the locks stops it before the next step',
    async (looks, message) => {
      let looked = 0;
      const underWay = () => {
        looked += 1;
        return Promise.resolve(looked > looks ? [other] : []);
      };
      await expect(run({ underWay })).rejects.toThrow(message);
    },
    30_000,
  );

  test('broken off in the middle, it goes on where it was', async () => {
    let sleeps = 0;
    const breaksOff = async (seconds: number) => {
      sleeps += 1;
      if (sleeps > 2) throw new Error('the connection was lost');
      await stage.clock.advance(seconds * 1000);
    };
    await expect(run({ sleep: breaksOff })).rejects.toThrow('the connection was lost');
    await run();
    expect(told.at(-1)).toContain('An earlier run restored the snapshot; it is ended now. understudy-local came of it');
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

  test('no task of any service ran while the names changed', () => {
    expect(tasksAtRenames).toEqual([0, 0]);
  });

  test('every service runs again, and scales', () => {
    expect(stage.cloud.ecs.services().map(({ name, desiredCount }) => [name, desiredCount])).toEqual([
      ['backstage', 1],
      ['trucks', 1],
    ]);
    expect(stage.runtime.tasks()).toHaveLength(2);
    expect(told).toEqual(expect.arrayContaining(['stop backstage, trucks', 'resume scaling of backstage, trucks']));
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
