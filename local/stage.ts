import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serviceNames } from '../lambda/domain/names.ts';
import { account, region } from './aws/arn.ts';
import { ScaledClock } from './clock/scaled-clock.ts';
import { type Cloud, openCloud } from './cloud.ts';
import { Assembly } from './deploy/assembly.ts';
import { publicNode } from './images/variants.ts';
import { type Laptop, openLaptop } from './laptop.ts';
import { rdsProvisions } from './postgres/rds-provision.ts';
import type { Stage, StageOptions } from './stage-api.ts';

const environment = 'local';
const service = 'backstage';
/** The image of the bootstrap task; whichever of its tags the template names, it is the Node that runs the stage. */
const bootstrapImage = 'public.ecr.aws/docker/library/node';
const usualPort = 7007;

/**
 * Synthesizes the environment `local` and deploys it on this machine: the account's models, with real
 * processes behind them.
 * @throws PortTakenError when the given port is taken
 */
export async function startStage({ speed, port, progress }: StageOptions): Promise<Stage> {
  const clock = new ScaledClock(speed);
  let url = '';
  progress('Starting PostgreSQL');
  const laptop = await openLaptop(() => ({ APP_BASE_URL: url }));
  let cloud: Cloud | null = null;
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= end(cloud, laptop, clock));
  try {
    progress('Synthesizing the stacks');
    const assembly = await synthesize(join(laptop.folder, 'cdk.out'));
    laptop.images.addPublic(bootstrapImage, (await laptop.images.build(publicNode)).digest);
    progress(`Deploying ${assembly.stacks.length} stacks`);
    const deployed = await openCloud({
      clock,
      hold: () => () => undefined,
      vpcProxy: laptop.vpcProxy,
      runtime: laptop.runtime,
      network: laptop.network,
      random: Math.random,
      assembly,
      folder: laptop.folder,
      databases: rdsProvisions(laptop.postgres, region, account),
    });
    cloud = deployed;
    const { production, test } = await openListeners(deployed, laptop, port);
    url = `http://localhost:${production}`;
    progress('Waiting for the bootstrap task');
    await bootstrapServes(deployed);
    return {
      environment,
      service,
      client: {
        region,
        endpoint: deployed.endpointUrl,
        credentials: { accessKeyId: 'engineer', secretAccessKey: 'engineer' },
      },
      url,
      testUrl: `http://localhost:${test}`,
      postgresVersion: laptop.postgres.version,
      now: () => clock.now(),
      push: async (recipe, tag) => {
        const { digest } = await laptop.images.build(recipe);
        deployed.registry.push(serviceNames(environment, service).repository, digest, tag);
        return { digest };
      },
      notifications: () => deployed.topics.published().length,
      taskProcesses: () => laptop.runtime.alive(),
      query: (sql, database) => laptop.postgres.query(sql, database),
      send: (to, request, timeoutMs) => laptop.network.send(to, request, timeoutMs),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The stage's own copy: a `cdk synth` meanwhile does not pull the functions from under it. */
async function synthesize(folder: string): Promise<Assembly> {
  const script = join(import.meta.dirname, 'synthesize.ts');
  await promisify(execFile)(process.execPath, [script, environment, folder]);
  return new Assembly(folder);
}

async function openListeners(
  { elb }: Cloud,
  laptop: Laptop,
  wanted: number | null,
): Promise<{ readonly production: number; readonly test: number }> {
  const [production, test] = elb.listenerPorts();
  if (production === undefined || test === undefined) throw new Error('The load balancer has no two listeners.');
  const addresses = elb.loadBalancers().flatMap(({ privateIps }) => privateIps);
  const ports = await laptop.openLoadBalancer(elb, addresses, [
    { listener: production, local: wanted ?? usualPort, elsewhere: wanted === null },
    { listener: test, local: 0, elsewhere: true },
  ]);
  return { production: ports.get(production) ?? 0, test: ports.get(test) ?? 0 };
}

/** As CloudFormation, which has created a service when its first tasks are steady. */
async function bootstrapServes({ ecs }: Cloud): Promise<void> {
  const deadline = performance.now() + 60_000;
  const steady = () => ecs.services().every((each) => each.taskSets.every((set) => ecs.isSteady(each, set)));
  while (!steady()) {
    if (performance.now() > deadline) throw new Error('The bootstrap task was not healthy within 60 s.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function end(cloud: Cloud | null, laptop: Laptop, clock: ScaledClock): Promise<void> {
  clock.close();
  await laptop.close();
  await cloud?.close();
}
