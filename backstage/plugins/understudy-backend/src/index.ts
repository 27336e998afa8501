import { createBackendFeatureLoader } from '@backstage/backend-plugin-api';
import { catalogModule } from './catalogModule';
import { freshnessModule } from './freshness/freshnessModule';
import { understudyPlugin } from './plugin';

/** The endpoints, the catalog's side of the probe, without which they make no sense, and how fresh the catalog is. */
export default createBackendFeatureLoader({
  loader() {
    return [understudyPlugin, catalogModule, freshnessModule];
  },
});
