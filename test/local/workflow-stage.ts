import { ECSClient } from '@aws-sdk/client-ecs';
import { environmentNames } from '../../lambda/domain/names.ts';
import { type Release, releaseSchema } from '../../lambda/domain/release.ts';
import type { RollbackRequest } from '../../lambda/domain/rollback.ts';
import type { Behaviour } from '../../local/simulation/behaviours.ts';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import type { Execution } from '../../local/stepfunctions/execution.ts';
import { Outside } from '../../local/tour/outside.ts';
import { stageAssembly } from './stage-assembly.ts';

/** A stage on which releases and rollbacks run in virtual time, with short words for what tests do there. */
export class WorkflowStage {
  readonly stage: VirtualStage;
  readonly outside: Outside;
  readonly ecs: ECSClient;
  #sequence = 0;

  private constructor(stage: VirtualStage, outside: Outside, ecs: ECSClient) {
    this.stage = stage;
    this.outside = outside;
    this.ecs = ecs;
  }

  static async open(): Promise<WorkflowStage> {
    const stage = await openVirtualStage(stageAssembly());
    const credentials = { accessKeyId: 'engineer', secretAccessKey: 'engineer' };
    const client = { region: 'us-east-1', endpoint: stage.cloud.endpointUrl, credentials };
    return new WorkflowStage(stage, await Outside.of('local', 'backstage', client), new ECSClient(client));
  }

  /** Starts a release of a new image, named after its version. */
  start(
    version: string,
    behaviour: Behaviour = 'good',
    { migrations = {}, ...more }: { migrations?: Record<string, string[]>; policy?: 'hotfix' } = {},
  ): Execution {
    this.#sequence += 1;
    this.stage.push(version, behaviour, migrations);
    return this.stage.start(`release-${version}`, { image: version, version, sequence: this.#sequence, ...more });
  }

  async release(version: string, behaviour: Behaviour = 'good'): Promise<Release> {
    const execution = this.start(version, behaviour);
    await this.stage.finish(execution);
    return this.output(execution);
  }

  startRollback(name: string, request: Partial<RollbackRequest> = {}): Execution {
    const { machines } = this.stage.cloud;
    const wanted = environmentNames('local').rollbackStateMachine;
    const machine = machines.machines().find((each) => each.name === wanted);
    const input = { service: 'backstage', reason: 'Users complain', requestedBy: 'on call', ...request };
    return machines.start(machine?.arn ?? '', JSON.stringify(input), name);
  }

  async rollBack(name: string, request: Partial<RollbackRequest> = {}): Promise<Release> {
    const execution = this.startRollback(name, request);
    await this.stage.finish(execution);
    return this.output(execution);
  }

  output(execution: Execution): Release {
    return releaseSchema.parse(JSON.parse(execution.output ?? 'null'));
  }

  /** Lets time pass until the execution enters that state, and does something at that very moment. */
  async when(execution: Execution, state: string, act: () => void): Promise<void> {
    const { history } = execution;
    const add = history.add.bind(history);
    let done = false;
    history.add = (type, at, details) => {
      add(type, at, details);
      if (done || type !== 'TaskStateEntered' || details?.stateEnteredEventDetails?.name !== state) return;
      done = true;
      act();
    };
    await this.stage.clock.run(() => done || execution.status !== 'RUNNING');
    if (!done) throw new Error(`The execution ended as ${execution.status} before ${state}.`);
  }

  /** Executions of the rollback machine that the rule on unfinished executions has started. */
  recoveries(): Execution[] {
    const { machines } = this.stage.cloud;
    const wanted = environmentNames('local').rollbackStateMachine;
    const machine = machines.machines().find((each) => each.name === wanted);
    return machines.executions(machine?.arn ?? '').filter(({ options }) => options.input.includes('"recover"'));
  }

  primary() {
    const set = this.stage.cloud.ecs.services()[0]?.primary;
    if (set === undefined) throw new Error('Nothing serves.');
    return set;
  }

  liveRevision(): string {
    return this.primary().input.revision.definition.taskDefinitionArn ?? '';
  }

  /** What does not hold that has to hold whenever nothing runs; empty when all is well. */
  async disorder(): Promise<string[]> {
    const { cloud, runtime, description } = this.stage;
    const [service] = cloud.ecs.services();
    const found: string[] = [];
    const must = (holds: boolean, what: string) => void (holds || found.push(what));
    must(service?.taskSets.length === 1 && service.taskSets[0]?.status === 'PRIMARY', 'one task set serves');
    must(runtime.tasks().length === service?.desiredCount, `no task is left: ${runtime.tasks().length}`);
    const serving = this.primary().input.targetGroup;
    for (const listener of cloud.elb
      .listeners()
      .filter(({ port }) => port === description.loadBalancer.productionPort)) {
      const forward = cloud.elb.rules(listener.arn).find(({ action }) => action.kind === 'forward')?.action;
      const groups = forward?.kind === 'forward' ? forward.groups.filter(({ weight }) => weight > 0) : [];
      must(groups.length === 1 && groups[0]?.targetGroup === serving, 'the listener forwards to what serves');
    }
    must(cloud.elb.targetGroup(serving).count('healthy') === service?.desiredCount, 'all that serves is healthy');
    must(await this.outside.isLockFree(), 'the lock is free');
    return found;
  }

  async close(): Promise<void> {
    this.ecs.destroy();
    await this.stage.close();
  }
}
