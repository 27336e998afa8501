import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { Word } from '../domain/release.ts';
import { isNamed } from './errors.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** What a running release can be told from outside. */
export type Signal = 'CANCEL' | 'APPROVAL';

const signalSchema = z.object({ by: z.string(), reason: z.string(), at: z.string() });

/** A release takes three days at most; after that nobody reads its signals. */
const keptSeconds = 14 * 24 * 3600;

/**
 * A signal is an item of its own in the ledger's table, in a partition per release, so that a person's
 * role can be limited to it by the condition `dynamodb:LeadingKeys` = `SIGNAL#*`
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html).
 */
export const signalKey = (release: string, signal: Signal) => ({ pk: `SIGNAL#${release}`, sk: signal });

/**
 * Tells a running release something, once: the first word counts.
 *
 * @param word `at` is ISO
 * @returns false when it had been told before
 */
export async function putSignal(table: string, release: string, signal: Signal, word: Word): Promise<boolean> {
  const expires = Math.floor(Date.parse(word.at) / 1000) + keptSeconds;
  try {
    await client.send(
      new PutCommand({
        TableName: table,
        Item: { ...signalKey(release, signal), ...word, expires },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
    return true;
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return false;
    throw error;
  }
}

/** What the release was told; null when nobody told it. */
export async function readSignal(table: string, release: string, signal: Signal): Promise<Word | null> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: signalKey(release, signal), ConsistentRead: true }),
  );
  return Item === undefined ? null : signalSchema.parse(Item);
}
