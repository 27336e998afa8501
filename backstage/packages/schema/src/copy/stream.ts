import type { Socket } from 'node:net';
import type { Knex } from 'knex';

/** What of pg's connection a query of its own kind sees. */
interface Connection {
  readonly stream: Socket;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

interface Client {
  query(submittable: CopyQuery): void;
}

/** Rows are gathered into messages of about this size: one write for each row would cost more than the row. */
const MESSAGE_BYTES = 64 * 1024;

/** One COPY statement, in the form in which pg takes queries that are none of its own. */
class CopyQuery {
  readonly ended: Promise<number>;
  readonly started: Promise<Connection>;
  connection: Connection | undefined;
  #rows = 0;
  #end!: (rows: number) => void;
  #fail!: (error: unknown) => void;
  #start!: (connection: Connection) => void;

  constructor(
    readonly text: string,
    readonly onData: (chunk: Buffer) => void = () => undefined,
  ) {
    let failStart: (error: unknown) => void;
    this.started = new Promise((resolve, reject) => {
      this.#start = resolve;
      failStart = reject;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = (error) => {
        failStart(error);
        reject(error);
      };
    });
    // Whoever waits for one of them is told; nobody has to wait for both.
    this.started.catch(() => undefined);
    this.ended.catch(() => undefined);
  }

  submit(connection: Connection): void {
    this.connection = connection;
    connection.query(this.text);
  }

  handleCopyInResponse(connection: Connection): void {
    this.#start(connection);
  }

  handleCopyData(message: { readonly chunk: Buffer }): void {
    this.onData(message.chunk);
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.#rows = Number(/^COPY (\d+)$/.exec(message.text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#end(this.#rows);
  }

  handleError(error: unknown): void {
    this.#fail(error);
  }
}

export interface Copied {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Streams what one COPY statement gives into another one. Memory stays at a few messages, however long it takes: the
 * source is not read on while the target is behind.
 */
export async function streamCopy(source: unknown, out: string, target: unknown, into: string): Promise<Copied> {
  const inward = new CopyQuery(into);
  (target as Client).query(inward);
  const sink = await inward.started;

  let buffer = Buffer.allocUnsafe(MESSAGE_BYTES);
  let used = 0;
  let bytes = 0;
  const flush = (): void => {
    if (used > 0) sink.sendCopyFromChunk(buffer.subarray(0, used));
    buffer = Buffer.allocUnsafe(MESSAGE_BYTES);
    used = 0;
  };
  const outward = new CopyQuery(out, (chunk) => {
    bytes += chunk.length;
    if (used + chunk.length > MESSAGE_BYTES) flush();
    if (chunk.length > MESSAGE_BYTES) sink.sendCopyFromChunk(chunk);
    else used += chunk.copy(buffer, used);
    const tap = outward.connection?.stream;
    if (tap && !tap.isPaused() && sink.stream.writableNeedDrain) {
      tap.pause();
      sink.stream.once('drain', () => tap.resume());
    }
  });
  // A target that fails takes no more: the source must not wait for it for ever.
  inward.ended.catch(() => outward.connection?.stream.resume());
  (source as Client).query(outward);
  try {
    await outward.ended;
    flush();
    sink.endCopyFrom();
  } catch (error) {
    sink.sendCopyFail('the source failed');
    await inward.ended.catch(() => undefined);
    throw error;
  }
  return { rows: await inward.ended, bytes };
}

/** The one connection of a transaction, which gives it back when it ends. */
export async function connectionOf({ client }: Knex): Promise<unknown> {
  return (client as { acquireConnection(): Promise<unknown> }).acquireConnection();
}
