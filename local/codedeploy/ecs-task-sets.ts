import type { Ecs } from '../ecs/ecs.ts';
import type { Service } from '../ecs/service.ts';
import type { NewTaskSet, ServiceRef, TaskSets, TaskSetView } from './ports.ts';

/** CodeDeploy's view of the ECS model. */
export class EcsTaskSets implements TaskSets {
  readonly #ecs: Ecs;

  constructor(ecs: Ecs) {
    this.#ecs = ecs;
  }

  list({ cluster, service: name }: ServiceRef): readonly TaskSetView[] | null {
    const service = this.#ecs.service(cluster, name);
    if (!service) return null;
    return service.taskSets.map((set) => ({
      id: set.id,
      taskDefinition: set.input.revision.arn,
      targetGroup: set.input.targetGroup,
      status: set.status,
      steady: this.#ecs.isSteady(service, set),
      desiredCount: set.computedDesiredCount(service.desiredCount),
      pendingCount: set.pendingCount,
      runningCount: set.runningCount,
    }));
  }

  create(ref: ServiceRef, taskSet: NewTaskSet): string {
    const service = this.#service(ref);
    const { network, platformVersion } = service.input;
    return this.#ecs.createTaskSet(service, {
      revision: this.#ecs.definitions.usable(taskSet.taskDefinition),
      targetGroup: taskSet.targetGroup,
      containerName: taskSet.container,
      containerPort: taskSet.port,
      network: taskSet.networkConfiguration ?? network,
      platformVersion: taskSet.platformVersion ?? platformVersion,
      externalId: taskSet.externalId,
    }).id;
  }

  makePrimary(ref: ServiceRef, id: string): void {
    const service = this.#service(ref);
    this.#ecs.setPrimary(service, this.#set(service, id));
  }

  delete(ref: ServiceRef, id: string): void {
    const service = this.#service(ref);
    this.#ecs.deleteTaskSet(service, this.#set(service, id));
  }

  #service({ cluster, service }: ServiceRef): Service {
    const found = this.#ecs.service(cluster, service);
    if (!found) throw new Error(`There is no service ${service} in the cluster ${cluster}.`);
    return found;
  }

  #set(service: Service, id: string): Service['taskSets'][number] {
    const found = service.taskSets.find((set) => set.id === id);
    if (!found) throw new Error(`The service ${service.name} has no task set ${id}.`);
    return found;
  }
}
