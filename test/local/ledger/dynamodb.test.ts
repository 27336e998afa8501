import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import { type Account, openAccount } from '../aws/account.ts';
import { type Synthesized, synthesized } from '../aws/synthesized.ts';

const ledger = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'ledger',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  },
};

let account: Account;
let app: Synthesized;
let client: DynamoDBDocumentClient;

beforeAll(async () => {
  account = await openAccount({ clock: new VirtualClock() });
  app = synthesized({ release: { Resources: { Ledger: ledger } } });
  await account.deploy(app.assembly, {});
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: account.url, region: 'us-east-1', credentials, maxAttempts: 1 }),
  );
});
afterAll(async () => {
  await account.close();
  app.remove();
});

const TableName = 'ledger';
const Key = { pk: 'SERVICE#backstage', sk: 'LOCK' };

test('the lock is taken once, by a condition that only one writer can meet', async () => {
  const take = (execution: string) =>
    client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #token = :next, holder = :holder',
        ConditionExpression: 'attribute_not_exists(holder) AND attribute_not_exists(#token)',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':next': 1, ':holder': { execution } },
      }),
    );
  const results = await Promise.allSettled([take('a'), take('b'), take('c')]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const refused = results.find((result) => result.status === 'rejected');
  expect(refused?.reason).toMatchObject({ name: 'ConditionalCheckFailedException' });
  const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  await client.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'REMOVE holder',
      ConditionExpression: 'holder.execution = :execution',
      ExpressionAttributeValues: { ':execution': Item?.['holder'].execution },
    }),
  );
  expect((await client.send(new GetCommand({ TableName, Key }))).Item).toEqual({ ...Key, token: 1 });
});

test('a service’s history comes in the order of time', async () => {
  for (const sk of ['RELEASE#2026-02#b', 'RELEASE#2026-01#a']) {
    await client.send(
      new PutCommand({ TableName, Item: { pk: Key.pk, sk, release: { nested: [1, null, { a: true }] } } }),
    );
  }
  const { Items } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': Key.pk, ':prefix': 'RELEASE#' },
    }),
  );
  expect(Items?.map(({ sk }) => sk)).toEqual(['RELEASE#2026-01#a', 'RELEASE#2026-02#b']);
  expect(Items?.[0]?.['release']).toEqual({ nested: [1, null, { a: true }] });
});

test('a table that does not exist is reported as DynamoDB reports it', async () => {
  const get = client.send(new GetCommand({ TableName: 'none', Key }));
  await expect(get).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
