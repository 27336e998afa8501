import { createBackendFeatureLoader } from '@backstage/backend-plugin-api';
import { catalogModule } from './catalogModule';
import { understudyPlugin } from './plugin';

/** Two halves that only make sense together: the endpoints, and the catalog's side of the probe. */
export default createBackendFeatureLoader({
  loader() {
    return [understudyPlugin, catalogModule];
  },
});
