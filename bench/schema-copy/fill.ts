import { Client } from 'pg';

export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** Rows of a catalog with so many entities: about seventeen for each. None of them is due to be processed. */
const statements = (entities: number): readonly string[] => [
  `insert into refresh_state (entity_id, entity_ref, unprocessed_entity, processed_entity, errors, result_hash, next_update_at, last_discovery_at)
   select md5(i::text), 'component:default/service-' || i, data, data, '[]', md5('r' || i), now() + interval '1 day', now()
   from generate_series(1, ${entities}) i,
     lateral (select json_build_object('apiVersion', 'backstage.io/v1alpha1', 'kind', 'Component', 'metadata',
       json_build_object('name', 'service-' || i, 'description', repeat(md5(i::text) || ' ', 12)))::text as data) d`,
  `insert into final_entities (entity_id, entity_ref, hash, final_entity, last_updated_at)
   select entity_id, entity_ref, md5(entity_ref), processed_entity, now() from refresh_state`,
  `insert into refresh_state_references (source_key, target_entity_ref) select 'provider:bench', entity_ref from refresh_state`,
  `insert into relations (originating_entity_id, source_entity_ref, type, target_entity_ref)
   select entity_id, entity_ref, kind, 'group:default/team-' || (random() * 500)::int from refresh_state, unnest(array['ownedBy', 'partOf']) kind`,
  `insert into search (entity_id, key, value, original_value)
   select entity_id, key, value, value from refresh_state, lateral (values
     ('kind', 'component'), ('metadata.name', split_part(entity_ref, '/', 2)), ('metadata.namespace', 'default'),
     ('metadata.uid', entity_id), ('spec.type', 'service'), ('spec.lifecycle', 'production'),
     ('spec.owner', 'team-' || (random() * 500)::int), ('metadata.tags.0', 'tag-' || (random() * 50)::int),
     ('relations.ownedby', 'group:default/team-' || (random() * 500)::int),
     ('metadata.annotations.backstage.io/managed-by-location', 'url:https://example.com/' || entity_ref),
     ('metadata.description', repeat(entity_id, 3)), ('apiversion', 'backstage.io/v1alpha1')) s (key, value)`,
  'vacuum analyze',
];

/** Fills the catalog's database. @returns how many rows its tables have */
export async function fillCatalog(connection: Connection, database: string, entities: number): Promise<number> {
  const client = new Client({ ...connection, database });
  await client.connect();
  try {
    for (const statement of statements(entities)) await client.query(statement);
    let rows = 0;
    for (const table of ['refresh_state', 'final_entities', 'refresh_state_references', 'relations', 'search']) {
      const { rows: counted } = await client.query<{ count: string }>(`select count(*) from ${table}`);
      rows += Number(counted[0]?.count);
    }
    return rows;
  } finally {
    await client.end();
  }
}
