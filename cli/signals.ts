import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { Account } from './account.ts';

/** What a running release can be told. */
export type Signal = 'CANCEL' | 'APPROVAL';

/** Who said it, why, and when (ISO). */
const wordSchema = z.object({ by: z.string(), reason: z.string(), at: z.string() });
export type Word = z.infer<typeof wordSchema>;

/** As long as the workflow keeps its own (lambda/aws/signals.ts); DynamoDB deletes them then. */
const keptSeconds = 14 * 24 * 3600;

/**
 * Tells a running release something, once: the first word counts.
 * @returns what it had been told before, or null
 */
export async function signal(account: Account, release: string, kind: Signal, word: Word): Promise<Word | null> {
  const ledger = await account.client('ledger');
  const TableName = account.names.ledgerTable;
  const key = { pk: `SIGNAL#${release}`, sk: kind };
  const expires = Math.floor(Date.parse(word.at) / 1000) + keptSeconds;
  try {
    await ledger.send(
      new PutCommand({
        TableName,
        Item: { ...key, ...word, expires },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
    return null;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    const { Item } = await ledger.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
    return wordSchema.parse(Item);
  }
}
