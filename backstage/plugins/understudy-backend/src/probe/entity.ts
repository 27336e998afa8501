import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  type Entity,
  stringifyEntityRef,
} from '@backstage/catalog-model';

/** A kind and a namespace of its own, so that no list of components ever shows a probe. */
export const PROBE_KIND = 'Probe';
export const PROBE_NAMESPACE = 'understudy-probe';
export const ANNOTATION_PROBED_AT = 'understudy.dev/probed-at';

const LOCATION = 'understudy:probe';

export function probeEntity(name: string, at: Date): Entity {
  return {
    apiVersion: 'understudy.dev/v1',
    kind: PROBE_KIND,
    metadata: {
      name,
      namespace: PROBE_NAMESPACE,
      description: 'Written by a release to see that the catalog still processes; removed within seconds.',
      annotations: {
        [ANNOTATION_LOCATION]: LOCATION,
        [ANNOTATION_ORIGIN_LOCATION]: LOCATION,
        [ANNOTATION_PROBED_AT]: at.toISOString(),
      },
    },
  };
}

export function probeRef(name: string): string {
  return stringifyEntityRef({ kind: PROBE_KIND, namespace: PROBE_NAMESPACE, name });
}

export function isProbe(entity: Entity): boolean {
  return entity.kind === PROBE_KIND && entity.metadata.namespace === PROBE_NAMESPACE;
}

/** Unknown age counts as old: nothing but a probe ever lives in the namespace. */
export function isLeftover(entity: Entity, now: Date, maxAgeMs: number): boolean {
  const at = Date.parse(entity.metadata.annotations?.[ANNOTATION_PROBED_AT] ?? '');
  return Number.isNaN(at) || now.getTime() - at > maxAgeMs;
}
