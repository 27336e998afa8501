import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type LedgerEntry, ledgerEntry, ledgerEntrySchema } from '../domain/ledger-entry.ts';
import { ledgerKey, liveKey, releaseKey, releasesOf } from '../domain/ledger-keys.ts';
import { type Live, liveSchema } from '../domain/live.ts';
import { type Release, releaseSchema } from '../domain/release.ts';
import { isNamed, Unworkable } from './errors.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
  marshallOptions: { removeUndefinedValues: true },
});

/**
 * Stores the release as it is now. What has ended is never written again, nor is what somebody with a
 * newer fencing token has taken over.
 * @returns false when it was not stored for one of these reasons
 */
export async function putRelease(table: string, release: Release): Promise<boolean> {
  try {
    await client.send(
      new PutCommand({
        TableName: table,
        Item: {
          ...releaseKey(release.service, release.openedAt, release.id),
          ...ledgerEntry(release),
          token: release.token ?? 0,
          release,
        },
        ConditionExpression:
          'attribute_not_exists(pk) OR (attribute_type(#outcome, :null) AND (attribute_not_exists(#token) OR #token <= :token))',
        ExpressionAttributeNames: { '#outcome': 'outcome', '#token': 'token' },
        ExpressionAttributeValues: { ':null': 'NULL', ':token': release.token ?? 0 },
      }),
    );
    return true;
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return false;
    throw error;
  }
}

/**
 * A release as it was last stored; null when there is none.
 * @throws Unworkable when another version of the workflow has stored it, in a form that this one cannot read
 */
export async function readRelease(
  table: string,
  service: string,
  of: { readonly release: string; readonly since: string },
): Promise<Release | null> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: releaseKey(service, of.since, of.release), ConsistentRead: true }),
  );
  if (Item === undefined) return null;
  const parsed = releaseSchema.safeParse(Item['release']);
  if (parsed.success) return parsed.data;
  throw new Unworkable(
    `Another version of Understudy has stored release ${of.release} of ${service}, and this one cannot read it: ${z.prettifyError(parsed.error)}. Bring it to its end by hand: see docs/runbook.md, "An execution that was aborted".`,
  );
}

export interface HistoryPage {
  /** Newest first. */
  readonly entries: readonly LedgerEntry[];
  /** Where the next page begins; null when this is the last one. */
  readonly next: string | null;
}

/**
 * Releases and rollbacks of a service by time, without their documents.
 *
 * @param from `next` of the page before
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
 */
export async function history(
  table: string,
  service: string,
  { limit = 50, from = null }: { readonly limit?: number; readonly from?: string | null } = {},
): Promise<HistoryPage> {
  const names = Object.keys(ledgerEntrySchema.shape);
  const { Items, LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      ...releasesOf(service),
      ProjectionExpression: names.map((name) => `#${name}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: limit,
      ...(from !== null && { ExclusiveStartKey: ledgerKey(service, from) }),
    }),
  );
  const next: unknown = LastEvaluatedKey?.['sk'];
  return {
    entries: (Items ?? []).flatMap((item) => ledgerEntrySchema.safeParse(item).data ?? []),
    next: typeof next === 'string' ? next : null,
  };
}

export async function readLive(table: string, service: string): Promise<Live | null> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: liveKey(service), ConsistentRead: true }));
  return Item === undefined ? null : liveSchema.parse(Item);
}

/** Records what is live, unless a release with a newer token has recorded something since. */
export async function putLive(table: string, service: string, live: Live, token: number): Promise<void> {
  try {
    await client.send(
      new PutCommand({
        TableName: table,
        Item: { ...liveKey(service), ...live, token },
        ConditionExpression: 'attribute_not_exists(#token) OR #token <= :token',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':token': token },
      }),
    );
  } catch (error) {
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
  }
}
