import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type Release, releaseSchema } from '../domain/release.ts';
import { isNamed } from './errors.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
  marshallOptions: { removeUndefinedValues: true },
});

const endedSchema = z.object({ release: z.string(), since: z.string() });
/** A release that ended without giving the lock back. */
export type Abandoned = z.infer<typeof endedSchema>;

const holderSchema = z.object({
  release: z.string(),
  execution: z.string(),
  /** When it was opened. */
  since: z.string(),
  /** Whom it took the lock over from. */
  after: endedSchema.nullable(),
});
export type Holder = z.infer<typeof holderSchema>;

const lockSchema = z.object({ token: z.number(), holder: holderSchema.optional() });
export type Lock = z.infer<typeof lockSchema>;

const liveSchema = z.object({
  release: z.string(),
  version: z.string(),
  sequence: z.number(),
  digest: z.string(),
  taskDefinition: z.string(),
  since: z.string(),
});
export type Live = z.infer<typeof liveSchema>;

/**
 * The ledger is one table, one partition per service: `LOCK` (the fencing token, and who holds it),
 * `LIVE` (the last version that was released) and `RELEASE#<opened>#<id>` (one per release, the whole
 * document), so that a query over the partition gives the history in order of time.
 */
const key = (service: string, sk: string) => ({ pk: `SERVICE#${service}`, sk });

const releaseKey = (service: string, openedAt: string, id: string) => key(service, `RELEASE#${openedAt}#${id}`);

export async function readLock(table: string, service: string): Promise<Lock> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: key(service, 'LOCK'), ConsistentRead: true }),
  );
  return Item === undefined ? { token: 0 } : lockSchema.parse(Item);
}

/**
 * Takes the lock, if it still is as it was read, and gives the new fencing token; null when somebody
 * was faster.
 */
export async function takeLock(table: string, service: string, seen: Lock, holder: Holder): Promise<number | null> {
  const asSeen = seen.holder === undefined ? 'attribute_not_exists(holder)' : 'holder.execution = :seen';
  const sameToken = seen.token === 0 ? 'attribute_not_exists(#token)' : '#token = :token';
  try {
    await client.send(
      new UpdateCommand({
        TableName: table,
        Key: key(service, 'LOCK'),
        UpdateExpression: 'SET #token = :next, holder = :holder',
        ConditionExpression: `${asSeen} AND ${sameToken}`,
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: {
          ':next': seen.token + 1,
          ':holder': holder,
          ...(seen.token > 0 && { ':token': seen.token }),
          ...(seen.holder && { ':seen': seen.holder.execution }),
        },
      }),
    );
    return seen.token + 1;
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return null;
    throw error;
  }
}

/** Gives the lock back if this execution holds it; somebody else's lock stays untouched. */
export async function releaseLock(table: string, service: string, execution: string): Promise<void> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: table,
        Key: key(service, 'LOCK'),
        UpdateExpression: 'REMOVE holder',
        ConditionExpression: 'holder.execution = :execution',
        ExpressionAttributeValues: { ':execution': execution },
      }),
    );
  } catch (error) {
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
  }
}

/** Stores the release as it is now. */
export async function putRelease(table: string, release: Release): Promise<void> {
  const { service, id, openedAt, outcome, request, closedAt } = release;
  await client.send(
    new PutCommand({
      TableName: table,
      Item: {
        ...releaseKey(service, openedAt, id),
        id,
        version: request?.version ?? null,
        sequence: request?.sequence ?? null,
        state: release.state.name,
        outcome,
        closedAt,
        release,
      },
    }),
  );
}

/** An abandoned release as it was last stored; null when it is of no form that this version reads. */
export async function readAbandoned(table: string, service: string, of: Abandoned): Promise<Release | null> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: releaseKey(service, of.since, of.release), ConsistentRead: true }),
  );
  return releaseSchema.safeParse(Item?.['release']).data ?? null;
}

export async function readLive(table: string, service: string): Promise<Live | null> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: key(service, 'LIVE'), ConsistentRead: true }),
  );
  return Item === undefined ? null : liveSchema.parse(Item);
}

/** Records what is live, unless a release with a newer token has recorded something since. */
export async function putLive(table: string, service: string, live: Live, token: number): Promise<void> {
  try {
    await client.send(
      new PutCommand({
        TableName: table,
        Item: { ...key(service, 'LIVE'), ...live, token },
        ConditionExpression: 'attribute_not_exists(#token) OR #token <= :token',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':token': token },
      }),
    );
  } catch (error) {
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
  }
}
