/**
 * The lifecycle of an ECS deployment, in order.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#reference-appspec-file-structure-hooks-list-ecs
 */
export const lifecycleEvents = [
  'BeforeInstall',
  'Install',
  'AfterInstall',
  'AllowTestTraffic',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AllowTraffic',
  'AfterAllowTraffic',
] as const;
export type LifecycleEventName = (typeof lifecycleEvents)[number];

export type LifecycleStatus = 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped';

export interface LifecycleEvent {
  readonly name: LifecycleEventName;
  readonly status: LifecycleStatus;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** The events of one deployment, with when each began and ended. */
export class Lifecycle {
  #events: readonly LifecycleEvent[] = lifecycleEvents.map((name) => ({
    name,
    status: 'Pending',
    startedAt: null,
    endedAt: null,
  }));

  get events(): readonly LifecycleEvent[] {
    return this.#events;
  }

  begin(name: LifecycleEventName, at: number): void {
    this.#change(name, { status: 'InProgress', startedAt: at });
  }

  succeed(name: LifecycleEventName, at: number): void {
    this.#change(name, { status: 'Succeeded', endedAt: at });
  }

  /** Events that this deployment does not have. */
  skip(...names: readonly LifecycleEventName[]): void {
    for (const name of names) this.#change(name, { status: 'Skipped' });
  }

  /** The deployment ends early: what runs has failed, what has not begun is skipped. */
  cutShort(at: number): void {
    this.#events = this.#events.map((event) => {
      if (event.status === 'InProgress') return { ...event, status: 'Failed', endedAt: at };
      return event.status === 'Pending' ? { ...event, status: 'Skipped' } : event;
    });
  }

  #change(name: LifecycleEventName, change: Partial<LifecycleEvent>): void {
    this.#events = this.#events.map((event) => (event.name === name ? { ...event, ...change } : event));
  }
}
