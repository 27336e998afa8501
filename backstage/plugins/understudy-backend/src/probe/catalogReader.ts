import type { AuthService } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { PROBE_KIND, PROBE_NAMESPACE, probeRef } from './entity';

/** Reads through the catalog's own API, as any user of it does. */
export interface CatalogReader {
  isReadable(name: string): Promise<boolean>;
  allProbes(): Promise<Entity[]>;
}

export function catalogReader(catalog: CatalogService, auth: AuthService): CatalogReader {
  return {
    async isReadable(name) {
      const credentials = await auth.getOwnServiceCredentials();
      return (await catalog.getEntityByRef(probeRef(name), { credentials })) !== undefined;
    },
    async allProbes() {
      const credentials = await auth.getOwnServiceCredentials();
      const filter = { kind: PROBE_KIND, 'metadata.namespace': PROBE_NAMESPACE };
      return (await catalog.getEntities({ filter }, { credentials })).items;
    },
  };
}
