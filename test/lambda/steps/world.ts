import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Release, releaseSchema } from '../../../lambda/domain/release.ts';
import type { Step } from '../../../lambda/steps/step.ts';
import { Endpoint } from '../../../local/aws/endpoint.ts';
import { Identities } from '../../../local/aws/identities.ts';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import { at, execution } from '../domain/samples.ts';
import { serveFakes } from './fake-services.ts';
import { quiet } from './state.ts';

const dynalite: (options: object) => Server = createRequire(import.meta.filename)('dynalite');

export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

const table = 'understudy-local-ledger';

/**
 * An account as the steps' SDK clients see it: they speak the real protocols to answers that a test
 * sets. Nothing in it happens by itself; what happens is the stage's to model.
 */
export class World {
  calls: Call[] = [];
  /** What the steps logged. */
  logs: string[] = [];
  state = quiet();
  readonly #log = console.log;
  readonly #endpoint = new Endpoint({
    clock: new VirtualClock(),
    identities: new Identities(),
    authorize: ({ service, operation, input }) => {
      this.calls.push({ service, operation, input: Object(input) });
      const error = this.state.broken[operation];
      if (error !== undefined) throw error;
    },
  });
  readonly #database = dynalite({ createTableMs: 0 });
  #documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

  /** Starts listening and points the SDK clients' environment here. */
  async open(): Promise<void> {
    console.log = (line: string) => void this.logs.push(line);
    await new Promise<void>((resolve) => this.#database.listen(0, '127.0.0.1', resolve));
    const address = this.#database.address();
    Object.assign(process.env, {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIAWORLD',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_MAX_ATTEMPTS: '1',
      AWS_ENDPOINT_URL: await this.#endpoint.listen(),
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
      ENVIRONMENT: 'local',
      LEDGER_TABLE: table,
      RELEASE_TOPIC_ARN: 'arn:aws:sns:us-east-1:111111111111:understudy-local-releases',
      PROBER_FUNCTION: 'understudy-local-prober',
    });
    const database = new DynamoDBClient({});
    this.#documents = DynamoDBDocumentClient.from(database);
    await database.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    serveFakes(this.#endpoint, () => this.state);
  }

  async close(): Promise<void> {
    console.log = this.#log;
    this.#documents.destroy();
    await this.#endpoint.close();
    this.#database.closeAllConnections();
    await new Promise((resolve) => this.#database.close(resolve));
  }

  /** Forgets what an earlier test did. The servers stay: an SDK client reads its endpoint once. */
  async reset(): Promise<void> {
    this.calls = [];
    this.logs = [];
    this.state = quiet();
    const { Items } = await this.#documents.send(new ScanCommand({ TableName: table }));
    for (const { pk, sk } of Items ?? []) {
      await this.#documents.send(new DeleteCommand({ TableName: table, Key: { pk, sk } }));
    }
  }

  /** Runs a step as the state machine does: through JSON, at a time, and against the document's schema. */
  async run(
    step: Step,
    input: unknown,
    seconds = 0,
    by: { id: string; name: string; startedAt?: string } = execution,
  ): Promise<Release> {
    const envelope = { input, execution: { startedAt: at(seconds), ...by }, enteredAt: at(seconds) };
    const output: unknown = await step(JSON.parse(JSON.stringify(envelope)));
    return releaseSchema.parse(JSON.parse(JSON.stringify(output)));
  }

  /** Inputs of the calls of one operation, oldest first. */
  inputs(operation: string): Record<string, unknown>[] {
    return this.calls.filter((call) => call.operation === operation).map((call) => call.input);
  }

  /** Events that were put, oldest first: `<type> <state>`. */
  events(): string[] {
    const entries = this.inputs('PutEvents').flatMap(({ Entries }) => [Entries].flat());
    return entries.map((entry) => {
      const { DetailType, Detail } = Object(entry);
      return `${DetailType}: ${JSON.parse(Detail).state}`;
    });
  }

  async item(sk: string, pk = 'SERVICE#trucks'): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.#documents.send(new GetCommand({ TableName: table, Key: { pk, sk } }));
    return Item;
  }

  async ledger(service = 'trucks'): Promise<Record<string, unknown>[]> {
    const { Items } = await this.#documents.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': `SERVICE#${service}`, ':sk': 'RELEASE#' },
      }),
    );
    return Items ?? [];
  }
}
