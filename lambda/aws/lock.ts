import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { lockKey } from '../domain/ledger-keys.ts';
import { type Holder, type Lock, lockSchema } from '../domain/lock.ts';
import { isNamed } from './errors.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export async function readLock(table: string, service: string): Promise<Lock> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: lockKey(service), ConsistentRead: true }));
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
        Key: lockKey(service),
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
        Key: lockKey(service),
        UpdateExpression: 'REMOVE holder',
        ConditionExpression: 'holder.execution = :execution',
        ExpressionAttributeValues: { ':execution': execution },
      }),
    );
  } catch (error) {
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
  }
}
