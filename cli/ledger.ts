import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type LedgerEntry, ledgerEntrySchema } from '../lambda/domain/ledger-entry.ts';
import { type Live, liveSchema } from '../lambda/domain/live.ts';
import type { Account } from './account.ts';

/**
 * The ledger as people read it. Its keys are those of lambda/aws/ledger.ts, which a test holds them to:
 * the CLI does not share the steps' clients, which are made once, from the function's environment.
 */
const partition = (service: string) => `SERVICE#${service}`;

const lockSchema = z.object({
  token: z.number(),
  holder: z.object({ release: z.string(), execution: z.string(), since: z.string() }).optional(),
});
export type Lock = z.infer<typeof lockSchema>;

export async function readLive(account: Account, service: string): Promise<Live | null> {
  return liveSchema.safeParse(await item(account, partition(service), 'LIVE')).data ?? null;
}

export async function readLock(account: Account, service: string): Promise<Lock | null> {
  return lockSchema.safeParse(await item(account, partition(service), 'LOCK')).data ?? null;
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
        KeyConditionExpression: 'pk = :service AND begins_with(sk, :kind)',
        ExpressionAttributeValues: { ':service': partition(service), ':kind': 'RELEASE#' },
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

async function item(account: Account, pk: string, sk: string): Promise<unknown> {
  const { Item } = await (await account.client('ledger')).send(
    new GetCommand({ TableName: account.names.ledgerTable, Key: { pk, sk }, ConsistentRead: true }),
  );
  return Item;
}
