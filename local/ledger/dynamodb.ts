import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { arn, region } from '../aws/arn.ts';
import type { RawService } from '../aws/endpoint.ts';
import type { WireResponse } from '../aws/protocols/protocol.ts';
import { physicalName } from '../deploy/properties.ts';
import type { Provisions } from '../deploy/provision.ts';

/** DynamoDB is dynalite, in memory, behind the stage's endpoint. It opens no port of its own. */
export function dynamoDb(): RawService {
  const server = dynalite({ createTableMs: 0 });
  return ({ method, url, headers, body }) => {
    const request = Object.assign(Readable.from([body]), { method, url: url.pathname + url.search, headers });
    return new Promise((resolve) => {
      server.emit('request', request, new Answer(resolve));
    });
  };
}

/** What dynalite uses of a ServerResponse. */
class Answer {
  statusCode = 200;
  readonly #headers: Record<string, string> = {};
  readonly #ended: (answer: WireResponse) => void;

  constructor(ended: (answer: WireResponse) => void) {
    this.#ended = ended;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  end(body = ''): void {
    this.#ended({ status: this.statusCode, headers: this.#headers, body });
  }
}

/** Creates tables as templates describe them; a table that exists keeps its items. */
export function dynamoDbProvisions(endpoint: string): Provisions {
  const credentials = { accessKeyId: 'administrator', secretAccessKey: 'administrator' };
  const client = new DynamoDBClient({ endpoint, region, credentials });
  return {
    'AWS::DynamoDB::Table': async (resource) => {
      const TableName = physicalName(resource, 'TableName');
      if ((await describe(client, TableName)) === null) {
        const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } = resource.properties;
        // The template has the members of CreateTable under the same names.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        const input = {
          TableName,
          AttributeDefinitions,
          KeySchema,
          GlobalSecondaryIndexes,
          LocalSecondaryIndexes,
          BillingMode: 'PAY_PER_REQUEST',
        } as CreateTableCommandInput;
        await client.send(new CreateTableCommand(input));
        while ((await describe(client, TableName))?.TableStatus !== 'ACTIVE') await sleep(5);
      }
      return { ref: TableName, attributes: { Arn: arn('dynamodb', `table/${TableName}`) } };
    },
  };
}

async function describe(client: DynamoDBClient, TableName: string): Promise<TableDescription | null> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table ?? null;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return null;
    throw error;
  }
}
