import { createServiceFactory, createServiceRef } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';

/** Writes to the catalog's database as an entity provider does. */
export interface ProbeWriter {
  add(entity: Entity): Promise<void>;
  remove(entityRefs: string[]): Promise<void>;
}

/**
 * What the endpoint and the catalog's module share. Only memory of this process: an entity counts as processed when
 * *this* task processed it, since every task of every version works on the same queue, and another's work proves
 * nothing about this one.
 */
export class ProbeChannel {
  #writer: ProbeWriter | undefined;
  readonly #watched = new Set<string>();
  readonly #processed = new Set<string>();

  connect(writer: ProbeWriter): void {
    this.#writer = writer;
  }

  get writer(): ProbeWriter {
    if (!this.#writer) throw new Error('the catalog has not connected its entity providers');
    return this.#writer;
  }

  watch(name: string): void {
    this.#watched.add(name);
  }

  markProcessed(name: string): void {
    if (this.#watched.has(name)) this.#processed.add(name);
  }

  wasProcessed(name: string): boolean {
    return this.#processed.has(name);
  }

  forget(names: readonly string[]): void {
    for (const name of names) {
      this.#watched.delete(name);
      this.#processed.delete(name);
    }
  }
}

export const probeChannelRef = createServiceRef<ProbeChannel>({
  id: 'understudy.probe-channel',
  scope: 'root',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: {},
      factory: () => new ProbeChannel(),
    }),
});
