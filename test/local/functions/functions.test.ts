import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Identities } from '../../../local/aws/identities.ts';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import { type FunctionDescription, Functions } from '../../../local/functions/functions.ts';

const clock = new VirtualClock();
const identities = new Identities();
const lines: string[] = [];
const options = {
  clock,
  hold: () => clock.hold(),
  endpointUrl: 'http://127.0.0.1:1',
  credentials: (role: string) => identities.issue(role),
  log: (_group: string, _stream: string, line: string) => lines.push(line),
  vpcProxy: 'http://127.0.0.1:2',
};
const functions = new Functions({ ...options, inProcess: { replaced: (payload) => ({ got: payload }) } });

const bundle = `
let calls = 0;
exports.handler = async (event, context) => {
  calls += 1;
  if (event.do === 'throw') { const e = new Error('no ledger'); e.name = 'LedgerUnreachable'; throw e; }
  if (event.do === 'exit') process.exit(3);
  if (event.do === 'hang') await new Promise(() => setInterval(() => {}, 1000));
  if (event.do === 'spin') for (;;);
  if (event.do === 'crash') { setTimeout(() => { throw new Error('late'); }, 1); await new Promise((r) => setTimeout(r, 500)); }
  if (event.do === 'log') { console.log('one'); process.stdout.write(JSON.stringify({ two: 2 }) + '\\n'); console.error('three'); }
  if (event.do === 'set') process.env.LEAK = 'yes';
  if (event.do === 'write') await new Promise((written) => process.stdout.write('flushed\\n', written));
  if (event.do === 'fill') { const kept = []; for (;;) kept.push(new Array(10_000).fill(event)); }
  if (event.do === 'nothing') return undefined;
  return { calls, env: process.env, name: context.functionName, left: context.getRemainingTimeInMillis(), id: context.awsRequestId };
};`;

let folder: string;
const describeFunction = (name: string, more: Partial<FunctionDescription> = {}): FunctionDescription => ({
  name,
  arn: `arn:aws:lambda:us-east-1:111111111111:function:${name}`,
  role: `${name}-role`,
  folder,
  handler: 'index.handler',
  timeoutSeconds: 5,
  memoryMb: 128,
  environment: { LEDGER_TABLE: 'ledger' },
  inVpc: false,
  logGroup: `/aws/lambda/${name}`,
  ...more,
});
const invoke = async (name: string, event: object) => {
  const { payload, failed } = await functions.invoke(name, JSON.stringify(event));
  return { failed, ...Object(JSON.parse(payload)) };
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'functions-'));
  writeFileSync(join(folder, 'index.cjs'), bundle);
  writeFileSync(join(folder, 'module.mjs'), 'export const handler = async () => ({ format: "esm" });');
  writeFileSync(join(folder, 'broken.cjs'), 'throw new Error("cannot load");');
  await functions.define(describeFunction('open'));
  await functions.define(describeFunction('probe', { inVpc: true }));
  await functions.define(describeFunction('quick', { timeoutSeconds: 0.2 }));
  await functions.define(describeFunction('replaced'));
});
afterAll(async () => {
  await functions.close();
  rmSync(folder, { recursive: true });
});

describe('a function', () => {
  test('runs its bundle with the environment of its template and credentials of its own', async () => {
    const open = await invoke('open', {});
    const probe = await invoke('arn:aws:lambda:us-east-1:111111111111:function:probe:$LATEST', {});
    expect(open).toMatchObject({ failed: false, name: 'open' });
    expect(open.env).toMatchObject({
      LEDGER_TABLE: 'ledger',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_LAMBDA_FUNCTION_NAME: 'open',
    });
    expect(identities.caller(open.env.AWS_ACCESS_KEY_ID)).toEqual({ role: 'open-role' });
    expect(identities.caller(probe.env.AWS_ACCESS_KEY_ID)).toEqual({ role: 'probe-role' });
    expect(open.env.HTTP_PROXY).toBeUndefined();
    expect(probe.env.HTTP_PROXY).toBe('http://127.0.0.1:2');
    expect(open.env.PATH).toBeUndefined();
    expect(open.left).toBeGreaterThan(1000);
  });

  test('stays warm, and shares no environment with the stage or another function', async () => {
    const before = await invoke('open', { do: 'set' });
    const after = await invoke('open', {});
    expect(after.calls).toBe(before.calls + 1);
    expect(after.env.LEAK).toBe('yes');
    expect(process.env['LEAK']).toBeUndefined();
    expect((await invoke('probe', {})).env.LEAK).toBeUndefined();
  });

  test('runs in as many sandboxes as there are invocations at a time', async () => {
    const both = await Promise.all([invoke('open', {}), invoke('open', {})]);
    expect(new Set(both.map(({ id }) => id)).size).toBe(2);
  });

  test('that throws answers with the error’s name and message', async () => {
    expect(await invoke('open', { do: 'throw' })).toMatchObject({
      failed: true,
      errorType: 'LedgerUnreachable',
      errorMessage: 'no ledger',
      trace: expect.arrayContaining(['LedgerUnreachable: no ledger']),
    });
  });

  test.each(['exit', 'crash'])('that ends its process (%s) gets a fresh one', async (how) => {
    expect(await invoke('open', { do: how })).toMatchObject({ failed: true, errorType: 'Runtime.ExitError' });
    expect(await invoke('open', {})).toMatchObject({ failed: false });
  });

  test.each(['hang', 'spin'])('that does not end (%s) is stopped at its time-out', async (how) => {
    expect(await invoke('quick', { do: how })).toMatchObject({
      failed: true,
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/^\d{4}-\S+Z \S+ Task timed out after 0\.20 seconds$/),
    });
  });

  test('writes to its log group what it prints', async () => {
    lines.length = 0;
    await invoke('open', { do: 'log' });
    expect(lines).toEqual(['one', '{"two":2}', 'three']);
  });

  test('may wait until what it prints is written', async () => {
    lines.length = 0;
    await invoke('open', { do: 'write' });
    expect(lines).toEqual(['flushed']);
  });

  test('that fills its memory ends, and nothing else with it', async () => {
    await functions.define(describeFunction('small', { memoryMb: 32 }));
    expect(await invoke('small', { do: 'fill' })).toMatchObject({ failed: true, errorType: 'Runtime.OutOfMemory' });
    expect(await invoke('small', {})).toMatchObject({ failed: false });
  });

  test('that returns nothing answers null', async () => {
    expect((await functions.invoke('open', '{"do":"nothing"}')).payload).toBe('null');
  });

  test('may be an ES module', async () => {
    await functions.define(describeFunction('esm', { handler: 'module.handler' }));
    expect(await invoke('esm', {})).toEqual({ failed: false, format: 'esm' });
  });

  test.each([
    ['broken.handler', 'Error', 'cannot load'],
    ['missing.handler', 'Runtime.ImportModuleError', "Cannot find module 'missing'"],
    ['index.nothing', 'Runtime.HandlerNotFound', 'index.nothing is undefined or not exported'],
  ])('says why %s cannot be run', async (handler, errorType, message) => {
    await functions.define(describeFunction('bad', { handler }));
    expect(await invoke('bad', {})).toMatchObject({
      failed: true,
      errorType,
      errorMessage: expect.stringContaining(message),
    });
  });

  test('may be replaced by an implementation in the stage’s process', async () => {
    expect(await invoke('replaced', { a: 1 })).toEqual({ failed: false, got: { a: 1 } });
  });

  test('that does not exist is refused as Lambda refuses it', async () => {
    await expect(functions.invoke('nobody', '{}')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

test('virtual time stands still while a function runs', async () => {
  let fired = false;
  clock.after(1, () => {
    fired = true;
  });
  const running = functions.invoke('open', '{}').then(() => fired);
  const time = clock.run(() => fired);
  expect(await running).toBe(false);
  await time;
});

test('invocations are counted', () => {
  expect(functions.invocations('replaced')).toBe(1);
  expect(functions.invocations()).toBeGreaterThan(functions.invocations('open'));
});
