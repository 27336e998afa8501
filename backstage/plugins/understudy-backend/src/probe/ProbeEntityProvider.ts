import type { EntityProvider, EntityProviderConnection } from '@backstage/plugin-catalog-node';
import type { ProbeChannel } from './probeChannel';

export class ProbeEntityProvider implements EntityProvider {
  readonly #channel: ProbeChannel;

  constructor(channel: ProbeChannel) {
    this.#channel = channel;
  }

  getProviderName(): string {
    return 'understudy-probe';
  }

  // Only ever deltas: a full mutation would remove the probes of the other tasks.
  async connect(connection: EntityProviderConnection): Promise<void> {
    this.#channel.connect({
      add: (entity) => connection.applyMutation({ type: 'delta', added: [{ entity }], removed: [] }),
      remove: (refs) =>
        connection.applyMutation({ type: 'delta', added: [], removed: refs.map((entityRef) => ({ entityRef })) }),
    });
  }
}
