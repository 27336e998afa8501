import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentNames, serviceNames } from '../../lambda/domain/names.ts';
import { probeRequestSchema } from '../../lambda/domain/probe.ts';
import type { ReleaseRequestInput } from '../../lambda/domain/request.ts';
import { type ServiceDescription, serviceDescriptionSchema } from '../../lambda/domain/service.ts';
import { probe } from '../../lambda/prober/probe.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { type Cloud, openCloud } from '../cloud.ts';
import type { Assembly } from '../deploy/assembly.ts';
import type { Provisions } from '../deploy/provision.ts';
import type { Execution } from '../stepfunctions/execution.ts';
import { type Behaviour, simulatedImage } from './behaviours.ts';
import { type AppliedMigrations, schemaTool } from './schema-tool.ts';
import type { SimulatedImage } from './simulated-image.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import { SimulatedRuntime } from './simulated-runtime.ts';
import { SimulatedUsers } from './simulated-users.ts';

const environment = 'local';
const service = 'backstage';

export interface VirtualStage {
  readonly clock: VirtualClock;
  readonly cloud: Cloud;
  readonly runtime: SimulatedRuntime;
  readonly description: ServiceDescription;
  /** Pushes an image that behaves so. @returns its digest */
  push(tag: string, behaviour: Behaviour, migrations?: Readonly<Record<string, readonly string[]>>): string;
  /** Starts the release workflow, under the release's name. */
  start(name: string, request: Omit<ReleaseRequestInput, 'service' | 'requestedBy' | 'reason'>): Execution;
  /** Lets stage time pass until the execution has ended. */
  finish(execution: Execution): Promise<void>;
  /** New users, who count from now on. */
  users(isGreen: (targetGroup: string) => boolean, requestsPerSecond: number): SimulatedUsers;
  close(): Promise<void>;
}

/**
 * The stage without processes and without waiting: simulated tasks, on a clock that jumps. The templates, the
 * state machine, the functions' bundles, their permissions and the endpoint are the ones of every stage.
 * The prober alone runs outside its bundle, because its requests have to reach simulated tasks.
 */
export async function openVirtualStage(assembly: Assembly): Promise<VirtualStage> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-virtual-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const stage = await deploy(assembly, folder);
    return { ...stage, close: () => stage.close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

async function deploy(assembly: Assembly, folder: string): Promise<VirtualStage> {
  const clock = new VirtualClock();
  const images = new Map<string, SimulatedImage>();
  const database: AppliedMigrations = new Map();
  const runtime = new SimulatedRuntime(clock, (image) => images.get(image.split('@')[1] ?? image));
  const network: SimulatedNetwork = new SimulatedNetwork(runtime, () => ({
    dataPlane: cloud.elb,
    addresses: cloud.elb.loadBalancers().flatMap((balancer) => balancer.privateIps),
  }));
  const cloud: Cloud = await openCloud({
    clock,
    hold: () => clock.hold(),
    runtime,
    network,
    random: seeded(1),
    assembly,
    folder,
    databases: noDatabase,
    inProcess: {
      [environmentNames(environment).prober]: (payload) =>
        probe(probeRequestSchema.parse(payload), (to, request, timeoutMs) => network.send(to, request, timeoutMs)),
    },
  });
  const description = serviceDescriptionSchema.parse(
    JSON.parse(cloud.parameters.value(serviceNames(environment, service).descriptionParameter) ?? 'null'),
  );
  const { journeys, healthPath } = description.probe;
  const options = {
    readiness: healthPath,
    liveness: '/.backstage/health/v1/liveness',
    pages: journeys.map(({ path, contains, status }) => ({
      path: path.replace(/\?.*$/, ''),
      status,
      body: contains ?? '',
    })),
  };
  images.set(bootstrapImageOf(cloud), simulatedImage('good', { ...options, commands: [] }));
  await clock.run(() =>
    cloud.ecs.services().every((each) => each.taskSets.every((set) => cloud.ecs.isSteady(each, set))),
  );

  return {
    clock,
    cloud,
    runtime,
    description,
    push: (tag, behaviour, migrations = {}) => {
      const digest = `sha256:${createHash('sha256').update(tag).digest('hex')}`;
      images.set(digest, simulatedImage(behaviour, { ...options, commands: schemaTool(migrations, database) }));
      cloud.registry.push(description.repository.name, digest, tag);
      return digest;
    },
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

/** Simulated tasks need none; the templates want its address. */
const noDatabase: Provisions = {
  'AWS::RDS::DBInstance': () => ({
    ref: 'database',
    attributes: { 'Endpoint.Address': 'database.local', 'Endpoint.Port': '5432' },
  }),
};

function bootstrapImageOf({ ecs }: Cloud): string {
  const definition = ecs.services()[0]?.primary?.input.revision.definition;
  const image = definition?.containerDefinitions?.[0]?.image;
  if (image === undefined) throw new Error('The service was deployed without a bootstrap task.');
  return image;
}

/** Numbers from 0 up to 1 that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
