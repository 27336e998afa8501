import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type LedgerEntry, ledgerEntrySchema } from '../lambda/domain/ledger-entry.ts';
import { liveKey, lockKey, releasesOf } from '../lambda/domain/ledger-keys.ts';
import { type Live, liveSchema } from '../lambda/domain/live.ts';
import { type Lock, lockSchema } from '../lambda/domain/lock.ts';
import type { Account } from './account.ts';

export async function readLive(account: Account, service: string): Promise<Live | null> {
  return liveSchema.safeParse(await item(account, liveKey(service))).data ?? null;
}

export async function readLock(account: Account, service: string): Promise<Lock | null> {
  return lockSchema.safeParse(await item(account, lockKey(service))).data ?? null;
}

/**
 * Releases and rollbacks of a service as they were stored last, the newest first, without their documents. What
 * a later version has stored in a form of its own is left out.
 */
export async function readReleases(account: Account, service: string, limit: number): Promise<LedgerEntry[]> {
  const ledger = await account.client('ledger');
  const names = Object.keys(ledgerEntrySchema.shape);
  const found: LedgerEntry[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await ledger.send(
      new QueryCommand({
        TableName: account.names.ledgerTable,
        ...releasesOf(service),
        ProjectionExpression: names.map((name) => `#${name}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit - found.length,
        ExclusiveStartKey: start,
      }),
    );
    found.push(...Items.flatMap((each) => ledgerEntrySchema.safeParse(each).data ?? []));
    start = LastEvaluatedKey;
  } while (start !== undefined && found.length < limit);
  return found;
}

/** The CLI has clients of its own: the steps' are made once, from the function's environment. */
async function item(account: Account, Key: ReturnType<typeof liveKey>): Promise<unknown> {
  const { Item } = await (await account.client('ledger')).send(
    new GetCommand({ TableName: account.names.ledgerTable, Key, ConsistentRead: true }),
  );
  return Item;
}
