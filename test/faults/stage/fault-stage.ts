import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { environmentNames } from '../../../lambda/domain/names.ts';
import type { ReleaseRequestInput } from '../../../lambda/domain/request.ts';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import type { Assembly } from '../../../local/deploy/assembly.ts';
import type { Behaviour } from '../../../local/simulation/behaviours.ts';
import { openSimulatedCloud, type SimulatedCloud } from '../../../local/simulation/simulated-cloud.ts';
import type { MigrationEffect, Migrations } from '../../../local/simulation/simulated-database.ts';
import { SimulatedUsers } from '../../../local/simulation/simulated-users.ts';
import type { Execution } from '../../../local/stepfunctions/execution.ts';
import { Disturber } from './disturber.ts';
import { StageSchema } from './schema.ts';
import { TrafficWatch } from './traffic-watch.ts';

export const environment = 'local';
export const service = 'backstage';

/** Revisions that Register looks through. */
const earlierRevisions = 6;
const longestMs = 4 * 3_600_000;

/**
 * Whole releases in virtual time, with every function in this process, users, and something that may
 * happen to every AWS call. Opened with two versions released, so that there is one to go back to.
 */
export class FaultStage {
  readonly simulated: SimulatedCloud;
  readonly clock: VirtualClock;
  readonly disturber: Disturber;
  readonly traffic: TrafficWatch;
  readonly schema: StageSchema;
  /** Digests of the images that work. */
  readonly good = new Set<string>();
  #pushed = 0;
  #started = 0;
  readonly #assembly: Assembly;
  readonly #folder: string;

  private constructor(
    simulated: SimulatedCloud,
    clock: VirtualClock,
    disturber: Disturber,
    assembly: Assembly,
    folder: string,
  ) {
    this.#assembly = assembly;
    this.simulated = simulated;
    this.clock = clock;
    this.disturber = disturber;
    this.#folder = folder;
    this.schema = new StageSchema(simulated);
    this.traffic = new TrafficWatch(clock, simulated.cloud.elb, simulated.description.loadBalancer.productionRule);
  }

  static async open(assembly: Assembly): Promise<FaultStage> {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-faults-'));
    const clock = new VirtualClock();
    const states = new Map<string, string>();
    const disturber: Disturber = new Disturber(
      clock,
      (name) => states.get(name) ?? null,
      () => (request, interfere) => simulated.cloud.endpoint.handle(request, interfere),
    );
    const simulated: SimulatedCloud = await openSimulatedCloud({
      clock,
      // The sandboxes hold the clock themselves, because a fault may let time pass during an invocation.
      hold: () => () => undefined,
      assembly,
      folder,
      sandbox: disturber.sandbox,
    });
    for (const { definition } of simulated.cloud.machines.machines()) {
      for (const [state, { Type }] of Object.entries(definition.States)) {
        if (Type === 'Task') states.set(functionOf(Reflect.get(definition.States, state)), state);
      }
    }
    const stage = new FaultStage(simulated, clock, disturber, assembly, folder);
    await clock.run(() => simulated.isSteady());
    for (let count = 0; count < 2; count += 1) {
      const execution = stage.release(stage.push('good'));
      await stage.finish(execution);
      const { outcome, reason } = JSON.parse(execution.output ?? '{}');
      if (outcome !== 'released')
        throw new Error(`The stage's own release ended ${outcome}: ${reason ?? execution.cause}`);
    }
    stage.#addRevisions();
    await clock.advance(600_000);
    return stage;
  }

  /** @returns the tag */
  push(behaviour: Behaviour, more: Migrations = {}, effects: Record<string, MigrationEffect> = {}): string {
    return this.#push(behaviour, this.schema.present(), more, effects);
  }

  /** An image that works, and brings two more migrations, the second of which has this effect. @returns the tag */
  pushMigrating(effect: MigrationEffect): string {
    const { migrations, effects } = this.schema.further(effect);
    return this.#push('good', migrations, {}, effects);
  }

  #push(
    behaviour: Behaviour,
    migrations: string[],
    more: Migrations,
    effects: Record<string, MigrationEffect>,
  ): string {
    this.#pushed += 1;
    const tag = `v${this.#pushed}`;
    const digest = this.simulated.push(tag, behaviour, { ...this.schema.known(migrations), ...more }, effects);
    this.schema.pushed(digest, migrations);
    if (behaviour === 'good') this.good.add(digest);
    return tag;
  }

  /** Name of the execution that is started next. */
  nextName(kind: 'release' | 'rollback'): string {
    return `${kind}-${this.#started + 1}`;
  }

  release(tag: string, more: Partial<ReleaseRequestInput> = {}): Execution {
    const request = { image: tag, version: tag, sequence: this.#started + 1, policy: 'feature', ...more };
    return this.#start(environmentNames(environment).releaseStateMachine, this.nextName('release'), request);
  }

  rollback(more: object = {}): Execution {
    return this.#start(environmentNames(environment).rollbackStateMachine, this.nextName('rollback'), more);
  }

  /** Of the two that the stage was opened with, one that does not serve. */
  otherVersion(): string {
    const set = this.simulated.cloud.ecs.services()[0]?.primary;
    const image = set?.input.revision.definition.containerDefinitions?.[0]?.image ?? '';
    const first = this.simulated.cloud.registry.find(this.simulated.description.repository.name, 'v1');
    return first !== null && image.endsWith(first.digest) ? 'v2' : 'v1';
  }

  /** `cdk deploy` of the templates that are deployed. */
  deployTemplates(): Promise<void> {
    return this.simulated.cloud.deployment.deploy(this.#assembly);
  }

  /** Executions of both machines, oldest first. */
  executions(): Execution[] {
    const { machines } = this.simulated.cloud;
    const all = machines.machines().flatMap(({ arn }) => machines.executions(arn));
    return all.toSorted((one, other) => one.startedAt - other.startedAt);
  }

  finish(execution: Execution): Promise<void> {
    return this.clock.run(() => execution.status !== 'RUNNING', longestMs);
  }

  /** Lets time pass until no execution runs, nor one that an event has started, or too long. */
  async finishAll(): Promise<void> {
    await this.clock.advance(1000);
    const until = this.clock.now() + longestMs;
    await this.clock.run(() => !this.#running || this.clock.now() > until);
  }

  /** Ids of deployments that are under way. */
  deployments(): string[] {
    const active = this.simulated.cloud.codedeploy.deployments().filter(({ over }) => !over);
    return active.map(({ options }) => options.id);
  }

  /** Whether no execution runs and no deployment is under way. */
  get quiet(): boolean {
    return !this.#running && this.deployments().length === 0;
  }

  get #running(): boolean {
    return this.executions().some(({ status }) => status === 'RUNNING');
  }

  /** Whether no alarm fires. */
  get calm(): boolean {
    const { cloudwatch } = this.simulated.cloud;
    return this.simulated.description.alarms.every((name) => cloudwatch.alarmState(name) !== 'ALARM');
  }

  users(requestsPerSecond: number): SimulatedUsers {
    const { cloud, network, description } = this.simulated;
    const blue = cloud.ecs.services()[0]?.primary?.input.targetGroup;
    const users = new SimulatedUsers({
      clock: this.clock,
      network,
      dataPlane: cloud.elb,
      listenerPort: description.loadBalancer.productionPort,
      host: description.loadBalancer.host,
      paths: description.probe.journeys.map(({ path }) => path),
      budgetMs: 2000,
      requestsPerSecond,
      isGreen: (targetGroup) => targetGroup !== blue,
    });
    users.start();
    return users;
  }

  async close(): Promise<void> {
    this.traffic.stop();
    await this.simulated.cloud.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #start(machine: string, name: string, request: object): Execution {
    const { machines } = this.simulated.cloud;
    const arn = machines.machines().find((each) => each.name === machine)?.arn;
    if (arn === undefined) throw new Error(`The stage has no state machine ${machine}.`);
    this.#started += 1;
    const input = { service, requestedBy: 'ada@example.com', reason: 'a test', ...request };
    return machines.start(arn, JSON.stringify(input), name);
  }

  /** From the first run on, Register finds as many revisions as it looks at. */
  #addRevisions(): void {
    const { ecs } = this.simulated.cloud;
    const shape = ecs.services()[0]?.primary?.input.revision.definition;
    if (shape?.family === undefined || shape.containerDefinitions === undefined) throw new Error('Nothing serves.');
    for (let count = 0; count < earlierRevisions; count += 1) {
      ecs.register({ family: shape.family, containerDefinitions: shape.containerDefinitions });
    }
  }
}

const taskSchema = z.object({ Parameters: z.object({ FunctionName: z.string() }) });

function functionOf(state: unknown): string {
  return taskSchema.parse(state).Parameters.FunctionName;
}
