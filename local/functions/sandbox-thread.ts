import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { InvocationMessage, SandboxData, SandboxMessage } from './messages.ts';

/**
 * The inside of a sandbox: loads the bundle as Lambda's Node.js runtime does, and runs one invocation after
 * another. This file runs in a worker thread, by Node.js itself.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
type Handler = (event: unknown, context: object) => unknown;

const data: SandboxData = workerData;

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
const send = (message: SandboxMessage): void => parentPort?.postMessage(message);

for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    send({ kind: 'log', text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString() });
    const written = rest.at(-1);
    if (typeof written === 'function') process.nextTick(() => Reflect.apply(written, undefined, []));
    return true;
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
function errorPayload(error: unknown): string {
  if (!(error instanceof Error))
    return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
  const trace = (error.stack ?? '').split('\n');
  return JSON.stringify({ errorType: error.name, errorMessage: error.message, trace });
}

function initError(errorType: string, errorMessage: string): Error {
  return Object.assign(new Error(errorMessage), { name: errorType });
}

async function load(): Promise<Handler> {
  const [file = '', name = ''] = data.handler.split('.');
  const path = ['.js', '.mjs', '.cjs']
    .map((end) => join(data.folder, file + end))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw initError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  const loaded: object = await import(pathToFileURL(path).href);
  const fallback: unknown = Reflect.get(loaded, 'default');
  const found: unknown =
    Reflect.get(loaded, name) ?? (Object(fallback) === fallback ? Reflect.get(Object(fallback), name) : undefined);
  if (typeof found !== 'function') {
    throw initError('Runtime.HandlerNotFound', `${data.handler} is undefined or not exported`);
  }
  return (...parameters) => Reflect.apply(found, undefined, parameters);
}

const handler = load();
// A failing load is told with the first invocation.
handler.catch(() => undefined);

function context({ requestId, deadline }: InvocationMessage): object {
  return {
    functionName: data.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: data.functionArn,
    memoryLimitInMB: String(data.memoryMb),
    awsRequestId: requestId,
    logGroupName: data.logGroup,
    logStreamName: data.logStream,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

parentPort?.on('message', (message: InvocationMessage) => {
  void (async () => {
    try {
      const result = await (await handler)(JSON.parse(message.payload), context(message));
      send({ kind: 'result', payload: JSON.stringify(result) ?? 'null' });
    } catch (error) {
      console.error(`${message.requestId}\tERROR\tInvoke Error\t${errorPayload(error)}`);
      send({ kind: 'error', payload: errorPayload(error) });
    }
  })();
});
