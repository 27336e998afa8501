import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type Live, liveSchema } from '../../lambda/domain/live.ts';
import { environmentNames } from '../../lambda/domain/names.ts';
import { type Release, releaseSchema } from '../../lambda/domain/release.ts';
import { environment, type FaultStage, service } from './stage/fault-stage.ts';

const itemSchema = z.looseObject({ sk: z.string() });
const lockSchema = z.object({ holder: z.object({ execution: z.string() }).optional() });

export interface Ledger {
  /** Execution that holds the lock. */
  readonly holder: string | null;
  readonly live: Live | null;
  /** Oldest first. */
  readonly entries: readonly Release[];
}

/** The service's whole partition, as an engineer would read it. */
export async function readLedger(stage: FaultStage): Promise<Ledger> {
  const items = z.array(itemSchema).parse(await query(stage.simulated.cloud.endpointUrl));
  const item = (sk: string) => items.find((each) => each.sk === sk);
  return {
    holder: lockSchema.safeParse(item('LOCK')).data?.holder?.execution ?? null,
    live: liveSchema.safeParse(item('LIVE')).data ?? null,
    entries: items.filter(({ sk }) => sk.startsWith('RELEASE#')).map((each) => releaseSchema.parse(each['release'])),
  };
}

async function query(endpoint: string): Promise<Record<string, unknown>[]> {
  const credentials = { accessKeyId: 'engineer', secretAccessKey: 'engineer' };
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1', endpoint, credentials }));
  const items: Record<string, unknown>[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: environmentNames(environment).ledgerTable,
        KeyConditionExpression: 'pk = :service',
        ExpressionAttributeValues: { ':service': `SERVICE#${service}` },
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  client.destroy();
  return items;
}
