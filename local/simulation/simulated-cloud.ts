import { createHash } from 'node:crypto';
import { environmentNames, serviceNames } from '../../lambda/domain/names.ts';
import { probeRequestSchema } from '../../lambda/domain/probe.ts';
import { type ServiceDescription, serviceDescriptionSchema } from '../../lambda/domain/service.ts';
import { probe } from '../../lambda/prober/probe.ts';
import type { Clock } from '../clock/clock.ts';
import { type Cloud, type CloudOptions, openCloud } from '../cloud.ts';
import type { Assembly } from '../deploy/assembly.ts';
import type { Provisions } from '../deploy/provision.ts';
import { type Behaviour, simulatedImage } from './behaviours.ts';
import { prefixOf, schemaTool } from './schema-tool.ts';
import { type MigrationEffect, type Migrations, SimulatedDatabase } from './simulated-database.ts';
import type { SimulatedImage } from './simulated-image.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import { SimulatedRuntime } from './simulated-runtime.ts';

const environment = 'local';
const service = 'backstage';

export interface SimulatedCloudOptions extends Pick<CloudOptions, 'listen' | 'sandbox'> {
  readonly clock: Clock;
  /** Keeps the clock from advancing while something outside it runs. */
  readonly hold: () => () => void;
  readonly assembly: Assembly;
  /** For temporary files. */
  readonly folder: string;
}

/** The modelled account with simulated tasks: the templates, functions and permissions are those of every stage. */
export interface SimulatedCloud {
  readonly cloud: Cloud;
  readonly runtime: SimulatedRuntime;
  readonly network: SimulatedNetwork;
  readonly description: ServiceDescription;
  /** Whether all tasks that the services want are in service. */
  isSteady(): boolean;
  /** Pushes an image that behaves so. @returns its digest */
  push(
    tag: string,
    behaviour: Behaviour,
    migrations?: Migrations,
    effects?: Readonly<Record<string, MigrationEffect>>,
  ): string;
  readonly database: SimulatedDatabase;
}

/**
 * Deploys the synthesized app. The prober alone runs outside its bundle, because its requests have to reach
 * simulated tasks.
 */
export async function openSimulatedCloud({
  clock,
  hold,
  assembly,
  folder,
  listen,
  sandbox,
}: SimulatedCloudOptions): Promise<SimulatedCloud> {
  const images = new Map<string, SimulatedImage>();
  const database = new SimulatedDatabase();
  const runtime = new SimulatedRuntime(clock, (image) => images.get(image.split('@')[1] ?? image));
  const network: SimulatedNetwork = new SimulatedNetwork(runtime, () => ({
    dataPlane: cloud.elb,
    addresses: cloud.elb.loadBalancers().flatMap((balancer) => balancer.privateIps),
  }));
  const cloud: Cloud = await openCloud({
    clock,
    hold,
    runtime,
    network,
    random: seeded(1),
    assembly,
    folder,
    databases: noDatabase,
    ...(listen && { listen }),
    ...(sandbox && { sandbox }),
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
  return {
    cloud,
    runtime,
    network,
    description,
    isSteady: () => cloud.ecs.services().every((each) => each.taskSets.every((set) => cloud.ecs.isSteady(each, set))),
    database,
    push: (tag, behaviour, migrations = {}, effects = {}) => {
      const digest = `sha256:${createHash('sha256').update(tag).digest('hex')}`;
      database.teach(effects);
      images.set(digest, {
        ...simulatedImage(behaviour, { ...options, commands: schemaTool(migrations, database) }),
        suits: (variables) => {
          const prefix = prefixOf(variables);
          const started = database.snapshot(prefix);
          return () => database.serves(migrations, prefix, started);
        },
      });
      cloud.registry.push(description.repository.name, digest, tag);
      return digest;
    },
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
