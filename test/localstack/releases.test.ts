import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { environmentNames } from '../../lambda/domain/names.ts';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import { account, client, clientEnvironment, environment, region } from '../../localstack/account.ts';
import { deploy } from '../../localstack/deploy.ts';
import { stageAssembly } from '../local/stage-assembly.ts';
import { runEmbedded } from './embedded.ts';
import { type LocalStack, startLocalStack } from './host-mode.ts';
import { mockConfig, mockedMachine, testCase } from './mock-config.ts';
import { type Ended, howItWent, statesOf, ways } from './path.ts';
import { paths } from './paths.ts';
import { type SideStage, startSideStage } from './side-stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'understudy-localstack-'));
let localstack: LocalStack;
let stage: SideStage;
let sfn: SFNClient;
let embedded: VirtualStage;

beforeAll(async () => {
  const python = process.env['UNDERSTUDY_PYTHON'];
  if (python === undefined) throw new Error('Start this by npm run test:localstack, which prepares LocalStack.');
  const mocks = join(folder, 'mocks.json');
  writeFileSync(mocks, JSON.stringify(mockConfig()));
  [localstack, stage, embedded] = await Promise.all([
    startLocalStack(python, folder, mocks),
    startSideStage(),
    openVirtualStage(stageAssembly()),
  ]);
  console.log(`LocalStack ${localstack.version} without Docker at ${localstack.endpoint}`);
  sfn = new SFNClient(client(localstack.endpoint));
  await deploy({ localstack: localstack.endpoint, stage: stage.endpoint, stageFromFunctions: stage.endpoint });
}, 300_000);

afterAll(async () => {
  await embedded.close();
  await stage.stop();
  await localstack.stop();
  // LocalStack leads a group that its functions belong to.
  const left = [-localstack.pid, stage.pid].filter(isAlive);
  if (left.length > 0) throw new Error(`Processes ${left.join(', ')} are left behind.`);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const names = environmentNames(environment);
const machineArn = (name: string) => `arn:aws:states:${region}:${account}:stateMachine:${name}`;
const executionArn = (machine: string, id: string) => `arn:aws:states:${region}:${account}:execution:${machine}:${id}`;

/** Runs a command of the operator's CLI against LocalStack. @returns its exit code */
function operate(...parameters: readonly string[]): Promise<number> {
  const cli = join(import.meta.dirname, '../../bin/release.ts');
  const env = { ...process.env, ...clientEnvironment(localstack.endpoint) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [cli, ...parameters, '--json', '--wait'], { env }, (error, stdout, stderr) => {
      if (error === null) resolve(0);
      else if (typeof error.code === 'number' && error.code < 3) resolve(error.code);
      else reject(new Error(`${parameters.join(' ')} ended with ${error.code}: ${stdout} ${stderr}`));
    });
  });
}

const requests = {
  first: { image: 'v1', version: '1.0.0', sequence: 1, policy: 'hotfix' },
  good: { image: 'v2', version: '2.0.0', sequence: 2, policy: 'hotfix' },
  bad: { image: 'errors', version: '3.0.0', sequence: 3, policy: 'hotfix' },
} as const;

/** The same on LocalStack and on the embedded stage. */
async function release(name: keyof typeof requests): Promise<{ readonly exitCode: number; readonly ended: Ended }> {
  const { image, version, sequence, policy } = requests[name];
  const order = ['--version', version, '--sequence', String(sequence), '--policy', policy];
  const exitCode = await operate('start', 'backstage', image, ...order, '--reason', 'a test', '--name', name);
  return { exitCode, ended: await howItWent(sfn, executionArn(names.releaseStateMachine, name)) };
}

async function onEmbedded(machine: string, name: string, input: object): Promise<Ended> {
  const execution = embedded.cloud.machines.start(machineArn(machine), JSON.stringify(input), name);
  await embedded.finish(execution);
  return howItWent(new SFNClient(client(embedded.cloud.endpointUrl)), executionArn(machine, name));
}

function releaseOnEmbedded(name: keyof typeof requests): Promise<Ended> {
  const input = { ...requests[name], service: 'backstage', requestedBy: 'ada', reason: 'a test' };
  return onEmbedded(names.releaseStateMachine, name, input);
}

function expectSame(here: Ended, there: Ended): void {
  expect(here.release.outcome).toBe(there.release.outcome);
  expect(here.status).toBe(there.status);
  expect(ways(here.states)).toEqual(ways(there.states));
}

describe('the release workflow on LocalStack', () => {
  beforeAll(() => {
    embedded.push('v1', 'good');
    embedded.push('v2', 'good');
    embedded.push('errors', 'errors');
  });

  test('puts a first version live, by the states of the embedded stage', async () => {
    const { exitCode, ended } = await release('first');
    expect({ exitCode, outcome: ended.release.outcome }).toEqual({ exitCode: 0, outcome: 'released' });
    expectSame(ended, await releaseOnEmbedded('first'));
  });

  test('puts a good version live in its place', async () => {
    const { exitCode, ended } = await release('good');
    expect({ exitCode, outcome: ended.release.outcome }).toEqual({ exitCode: 0, outcome: 'released' });
    expectSame(ended, await releaseOnEmbedded('good'));
  });

  test('brings the last known-good version back after a promotion', async () => {
    const exitCode = await operate('rollback', 'backstage', '--reason', 'search is empty', '--name', 'back');
    const ended = await howItWent(sfn, executionArn(names.rollbackStateMachine, 'back'));
    expect({ exitCode, outcome: ended.release.outcome }).toEqual({ exitCode: 0, outcome: 'released' });
    expect(ended.release.request?.version).toBe('1.0.0');
    const input = { service: 'backstage', reason: 'search is empty', requestedBy: 'ada' };
    expectSame(ended, await onEmbedded(names.rollbackStateMachine, 'back', input));
  });

  test('takes a bad version back before any user reaches it', async () => {
    const { exitCode, ended } = await release('bad');
    expect({ exitCode, outcome: ended.release.outcome }).toEqual({ exitCode: 1, outcome: 'rolled-back' });
    expect(ended.release.deployment?.continuedAt).toBeNull();
    expectSame(ended, await releaseOnEmbedded('bad'));
  });
});

describe('the definition', () => {
  let definition: string;

  beforeAll(async () => {
    const found = await sfn.send(
      new DescribeStateMachineCommand({ stateMachineArn: machineArn(names.releaseStateMachine) }),
    );
    definition = found.definition ?? '';
    await sfn.send(
      new CreateStateMachineCommand({
        name: mockedMachine,
        definition,
        roleArn: `arn:aws:iam::${account}:role/understudy-mocked`,
      }),
    );
  });

  test.each(Object.keys(paths))('goes the same way in both interpreters: %s', async (name) => {
    const path = paths[name] ?? {};
    const { executionArn: arn = '' } = await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: `${machineArn(mockedMachine)}#${testCase(name)}`,
        input: '{}',
      }),
    );
    const output = await outputOf(arn);
    const here = await runEmbedded(definition, path);
    expect(await statesOf(sfn, arn)).toEqual(here.states);
    expect(output).toEqual(here.output);
    expect(here.states.at(-1)).toBe('Close');
  });
});

async function outputOf(arn: string): Promise<unknown> {
  for (;;) {
    const { status, output } = await sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
    if (status !== 'RUNNING') return JSON.parse(output ?? 'null');
    await sleep(200);
  }
}
