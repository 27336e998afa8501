import { createBackendModule } from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { ProbeEntityProcessor } from './probe/ProbeEntityProcessor';
import { ProbeEntityProvider } from './probe/ProbeEntityProvider';
import { probeChannelRef } from './probe/probeChannel';

export const catalogModule = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'understudy-probe',
  register(env) {
    env.registerInit({
      deps: { processing: catalogProcessingExtensionPoint, channel: probeChannelRef },
      async init({ processing, channel }) {
        processing.addEntityProvider(new ProbeEntityProvider(channel));
        processing.addProcessor(new ProbeEntityProcessor(channel));
      },
    });
  },
});
