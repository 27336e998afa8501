import {
  CreateDBSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Endpoint } from '../../../local/aws/endpoint.ts';
import { Identities } from '../../../local/aws/identities.ts';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import { Rds } from '../../../local/services/rds.ts';

let clock: VirtualClock;
let endpoint: Endpoint;
let client: RDSClient;

beforeEach(async () => {
  clock = new VirtualClock();
  endpoint = new Endpoint({ clock, identities: new Identities(), authorize: () => undefined });
  const rds = new Rds(clock);
  endpoint.serve('rds', rds.operations());
  const provision = rds.provisions({
    'AWS::RDS::DBInstance': () => ({ ref: 'db', attributes: {} }),
  })['AWS::RDS::DBInstance'];
  await provision?.({
    stack: 'database',
    logicalId: 'Instance',
    type: 'AWS::RDS::DBInstance',
    properties: { DBInstanceIdentifier: 'live', DBSubnetGroupName: 'subnets', VPCSecurityGroups: ['sg-1'] },
  });
  client = new RDSClient({
    region: 'us-east-1',
    endpoint: await endpoint.listen(),
    credentials: { accessKeyId: 'engineer', secretAccessKey: 'engineer' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const snapshot = (id: string) =>
  client.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'live', DBSnapshotIdentifier: id }));
const statusOf = async (id: string) => {
  const { DBInstances } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
  return DBInstances?.[0]?.DBInstanceStatus;
};

const make = async (id: string, network: object) => {
  const { DBInstance } = await client.send(
    new RestoreDBInstanceFromDBSnapshotCommand({
      DBInstanceIdentifier: id,
      DBSnapshotIdentifier: 'before-2',
      ...network,
    }),
  );
  return [DBInstance?.DBSubnetGroup?.DBSubnetGroupName, DBInstance?.VpcSecurityGroups?.[0]?.VpcSecurityGroupId];
};

describe('a snapshot', () => {
  test('takes its time, has a name of its own, and goes', async () => {
    await snapshot('Before-2');
    await expect(snapshot('before-2')).rejects.toMatchObject({ name: expect.stringContaining('AlreadyExists') });
    await expect(client.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'before-2' }))).rejects.toMatchObject({
      name: expect.stringContaining('InvalidDBSnapshotState'),
    });
    await clock.advance(60_000);
    const { DBSnapshots } = await client.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'live' }));
    expect(DBSnapshots).toMatchObject([
      { DBSnapshotIdentifier: 'before-2', Status: 'available', SnapshotCreateTime: expect.any(Date) },
    ]);
    await client.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'before-2' }));
    await expect(
      client.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'before-2' })),
    ).rejects.toMatchObject({ name: expect.stringContaining('NotFound') });
  });

  test.each(['two--hyphens', 'hyphen-', '1st'])('cannot be called %s', async (id) => {
    await expect(snapshot(id)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('is refused above the quota of 100', async () => {
    for (let each = 0; each < 100; each += 1) await snapshot(`s${each}`);
    await expect(snapshot('one-more')).rejects.toMatchObject({
      name: expect.stringContaining('SnapshotQuotaExceeded'),
    });
  });
});

describe('an instance', () => {
  test('that is renamed loses its old name at once, and is available under the new one later', async () => {
    await client.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: 'live',
        NewDBInstanceIdentifier: 'aside',
        ApplyImmediately: true,
      }),
    );
    await expect(statusOf('live')).rejects.toMatchObject({ name: expect.stringContaining('DBInstanceNotFound') });
    expect(await statusOf('aside')).toBe('renaming');
    await expect(
      client.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'aside', NewDBInstanceIdentifier: 'live' })),
    ).rejects.toMatchObject({ name: expect.stringContaining('InvalidDBInstanceState') });
    await clock.advance(600_000);
    expect(await statusOf('aside')).toBe('available');
  });

  test('made of a snapshot has the default network and parameters unless others are named', async () => {
    await snapshot('before-2');
    await clock.advance(60_000);
    expect(await make('bare', {})).toEqual(['default', 'sg-default']);
    expect(await make('same', { DBSubnetGroupName: 'subnets', VpcSecurityGroupIds: ['sg-1'] })).toEqual([
      'subnets',
      'sg-1',
    ]);
    await expect(make('live', {})).rejects.toMatchObject({ name: expect.stringContaining('AlreadyExists') });
  });
});
