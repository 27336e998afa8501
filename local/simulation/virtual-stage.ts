import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentNames } from '../../lambda/domain/names.ts';
import type { ReleaseRequestInput } from '../../lambda/domain/request.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import type { Assembly } from '../deploy/assembly.ts';
import { InProcessSandbox } from '../functions/in-process-sandbox.ts';
import type { Execution } from '../stepfunctions/execution.ts';
import { openSimulatedCloud, type SimulatedCloud } from './simulated-cloud.ts';
import { SimulatedUsers } from './simulated-users.ts';

const environment = 'local';
const service = 'backstage';

export interface VirtualStage extends Omit<SimulatedCloud, 'isSteady' | 'network'> {
  readonly clock: VirtualClock;
  /** Starts the release workflow, under the release's name. */
  start(name: string, request: Omit<ReleaseRequestInput, 'service' | 'requestedBy' | 'reason'>): Execution;
  /** Lets stage time pass until the execution has ended. */
  finish(execution: Execution): Promise<void>;
  /** New users, who count from now on. */
  users(isGreen: (targetGroup: string) => boolean, requestsPerSecond: number): SimulatedUsers;
  close(): Promise<void>;
}

export interface VirtualStageOptions {
  /** Whether functions run in this process, which costs less CPU, and not in threads. @default false */
  readonly inProcess?: boolean;
}

/**
 * The stage without processes and without waiting: simulated tasks, on a clock that jumps. The templates, the
 * state machine, the functions' bundles, their permissions and the endpoint are the ones of every stage.
 */
export async function openVirtualStage(
  assembly: Assembly,
  { inProcess = false }: VirtualStageOptions = {},
): Promise<VirtualStage> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-virtual-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const stage = await deploy(assembly, folder, inProcess);
    return { ...stage, close: () => stage.close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

async function deploy(assembly: Assembly, folder: string, inProcess: boolean): Promise<VirtualStage> {
  const clock = new VirtualClock();
  const simulated: SimulatedCloud = await openSimulatedCloud({
    clock,
    hold: () => clock.hold(),
    assembly,
    folder,
    ...(inProcess && {
      sandbox: (options) =>
        new InProcessSandbox({ ...options, send: (request) => simulated.cloud.endpoint.handle(request) }),
    }),
  });
  const { cloud, runtime, network, description } = simulated;
  await clock.run(() => simulated.isSteady());
  const { journeys } = description.probe;

  return {
    clock,
    cloud,
    runtime,
    description,
    database: simulated.database,
    push: (...image) => simulated.push(...image),
    start: (name, request) => {
      const machine = cloud.machines
        .machines()
        .find((each) => each.name === environmentNames(environment).releaseStateMachine);
      const input = { ...request, service, requestedBy: 'ada@example.com', reason: 'a test' };
      return cloud.machines.start(machine?.arn ?? '', JSON.stringify(input), name);
    },
    finish: (execution) => clock.run(() => execution.status !== 'RUNNING'),
    users: (isGreen, requestsPerSecond) => {
      const users = new SimulatedUsers({
        clock,
        network,
        dataPlane: cloud.elb,
        listenerPort: description.loadBalancer.productionPort,
        host: description.loadBalancer.host,
        paths: journeys.map(({ path }) => path),
        budgetMs: 2000,
        requestsPerSecond,
        isGreen,
      });
      users.start();
      return users;
    },
    close: () => cloud.close(),
  };
}
