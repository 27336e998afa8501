import type { Entity } from '@backstage/catalog-model';
import type { CatalogProcessor } from '@backstage/plugin-catalog-node';
import { isProbe } from './entity';
import type { ProbeChannel } from './probeChannel';

/** Makes the catalog accept the kind, and tells which probes this task has processed. */
export class ProbeEntityProcessor implements CatalogProcessor {
  readonly #channel: ProbeChannel;

  constructor(channel: ProbeChannel) {
    this.#channel = channel;
  }

  getProcessorName(): string {
    return 'UnderstudyProbe';
  }

  async validateEntityKind(entity: Entity): Promise<boolean> {
    return isProbe(entity);
  }

  async postProcessEntity(entity: Entity): Promise<Entity> {
    if (isProbe(entity)) this.#channel.markProcessed(entity.metadata.name);
    return entity;
  }
}
