import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import type { AlarmState } from '../../../local/cloudwatch/alarm-evaluation.ts';
import { CodeDeploy } from '../../../local/codedeploy/codedeploy.ts';
import type { DeploymentGroup } from '../../../local/codedeploy/deployment-group.ts';
import type { Alarms, NewTaskSet, Routes, TaskSets, TaskSetView, Weight } from '../../../local/codedeploy/ports.ts';

const drainMs = 5_000;

/** A service whose replacement tasks get ready when the test says so. */
class OneService implements TaskSets, Routes, Alarms {
  readonly weights = new Map<string, readonly Weight[]>();
  readonly history: { readonly at: number; readonly listener: string; readonly weights: readonly Weight[] }[] = [];
  loud: string[] = [];
  greenIsHealthy = true;
  #sets: TaskSetView[] = [
    { id: 'ecs-svc/1', taskDefinition: 'td:1', targetGroup: 'tg-a', status: 'PRIMARY', ...counts(1) },
  ];
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    for (const listener of ['production', 'test']) {
      this.weights.set(listener, [
        { targetGroup: 'tg-a', weight: 100 },
        { targetGroup: 'tg-b', weight: 0 },
      ]);
    }
  }

  list(): readonly TaskSetView[] {
    return this.#sets.map((set) => ({ ...set, steady: set.targetGroup === 'tg-a' || this.greenIsHealthy }));
  }

  create(_service: unknown, { taskDefinition, targetGroup }: NewTaskSet): string {
    const id = `ecs-svc/${this.#sets.length + 1}`;
    this.#sets = [...this.#sets, { id, taskDefinition, targetGroup, status: 'ACTIVE', ...counts(1) }];
    return id;
  }

  makePrimary(_service: unknown, id: string): void {
    this.#sets = this.#sets.map((set) => ({ ...set, status: set.id === id ? 'PRIMARY' : 'ACTIVE' }));
  }

  delete(_service: unknown, id: string): void {
    this.#sets = this.#sets.map((set) => (set.id === id ? { ...set, status: 'DRAINING' } : set));
    this.#clock.after(drainMs, () => {
      this.#sets = this.#sets.filter((set) => set.id !== id);
    });
  }

  route(listener: string, weights: readonly [Weight, Weight]): void {
    this.weights.set(listener, weights);
    this.history.push({ at: this.#clock.now(), listener, weights });
  }

  forwards(listener: string, targetGroup: string): boolean {
    return this.weights.get(listener)?.some((weight) => weight.targetGroup === targetGroup) ?? false;
  }

  percent(listener: string, targetGroup: string): number {
    return this.weights.get(listener)?.find((weight) => weight.targetGroup === targetGroup)?.weight ?? 0;
  }

  targetGroupByName(name: string): string {
    return name;
  }

  state(name: string): AlarmState | undefined {
    if (name === 'gone') return undefined;
    return this.loud.includes(name) ? 'ALARM' : 'OK';
  }
}

const counts = (count: number) => ({ steady: true, desiredCount: count, pendingCount: 0, runningCount: count });

export const appSpec = JSON.stringify({
  version: 1,
  Resources: [
    {
      TargetService: {
        Type: 'AWS::ECS::Service',
        Properties: { TaskDefinition: 'td:2', LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 80 } },
      },
    },
  ],
});

export function world(change: Partial<DeploymentGroup> = {}) {
  const clock = new VirtualClock();
  const service = new OneService(clock);
  const model = new CodeDeploy(clock, { taskSets: service, routes: service, alarms: service });
  const group: DeploymentGroup = {
    application: 'app',
    name: 'group',
    config: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
    service: { cluster: 'cluster', service: 'svc' },
    productionListener: 'production',
    testListener: 'test',
    targetGroups: ['tg-a', 'tg-b'],
    readyWaitMinutes: 30,
    terminationWaitMinutes: 60,
    alarms: { names: ['errors'], ignorePollFailure: false },
    rollbackOn: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
    ...change,
  };
  model.putGroup(group);
  const create = ({ config, alarms }: { config?: string; alarms?: string[] } = {}) =>
    model.create({
      application: 'app',
      group: 'group',
      description: 'release 1',
      appSpec,
      config,
      alarms: alarms && { names: alarms, ignorePollFailure: false },
    });
  const greenPercent = () => service.percent('production', 'tg-b');
  return { clock, service, model, group, create, greenPercent };
}
