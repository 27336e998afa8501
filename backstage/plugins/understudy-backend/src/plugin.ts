import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { readDurationFromConfig } from '@backstage/config';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { durationToMilliseconds } from '@backstage/types';
import { catalogReader } from './probe/catalogReader';
import { probe } from './probe/probe';
import { probeChannelRef } from './probe/probeChannel';
import { createRouter } from './router';
import { readVersion } from './version';

const DEADLINE = 'understudy.probe.deadline';

export const understudyPlugin = createBackendPlugin({
  pluginId: 'understudy',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        channel: probeChannelRef,
        config: coreServices.rootConfig,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        logger: coreServices.logger,
      },
      async init({ auth, catalog, channel, config, httpAuth, httpRouter, logger }) {
        const deadlineMs = config.has(DEADLINE)
          ? durationToMilliseconds(readDurationFromConfig(config, { key: DEADLINE }))
          : 20_000;
        const reader = catalogReader(catalog, auth);

        httpRouter.use(
          createRouter({
            httpAuth,
            version: readVersion(process.env, new Date()),
            probe: () => probe({ channel, reader, logger, deadlineMs }),
          }),
        );
        // The judge asks every task for its version, and so does the page before anyone has signed in.
        httpRouter.addAuthPolicy({ path: '/version', allow: 'unauthenticated' });
      },
    });
  },
});
