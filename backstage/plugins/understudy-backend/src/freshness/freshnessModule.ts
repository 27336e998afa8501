import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { catalogLag } from './catalogLag';
import { reportFreshness } from './reportFreshness';

/** A module of the catalog, because the database that it is given is then the catalog's own. */
export const freshnessModule = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'understudy-freshness',
  register(env) {
    env.registerInit({
      deps: {
        database: coreServices.database,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
      },
      async init({ database, lifecycle, logger }) {
        // Not before the catalog has started: only then are its tables sure to be there.
        lifecycle.addStartupHook(() => {
          lifecycle.addShutdownHook(reportFreshness({ logger, lag: () => catalogLag(database) }));
        });
      },
    });
  },
});
