import type { Knex } from 'knex';
import { exists } from './state';

export interface Healed {
  readonly plugin: string;
  /** Entities that the other version took in and that no reader of the catalog sees. */
  readonly entities: number;
}

const DEADLOCK = '40P01';
const TRIES = 3;

/**
 * After the catalog's schema has gone back: what came in meanwhile has been processed by rules that are gone, and the
 * catalog stitches an entity again only when its processing gives another result than the last time. So the result of
 * all is forgotten, and each is stitched at its next turn; those that nobody can read have theirs at once.
 */
export async function healCatalog(knex: Knex): Promise<Healed | undefined> {
  if (!(await exists(knex, 'refresh_state')) || !(await exists(knex, 'final_entities'))) return undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      return await forgetResults(knex);
    } catch (error) {
      // Tasks that serve take the same rows, in an order of their own.
      if (tries === TRIES || !(error instanceof Error && 'code' in error && error.code === DEADLOCK)) throw error;
    }
  }
}

async function forgetResults(knex: Knex): Promise<Healed> {
  return knex.transaction(async (trx) => {
    await trx('refresh_state').update({ result_hash: '' });
    const unseen = await trx('refresh_state')
      .whereNotExists(
        trx('final_entities')
          .select(trx.raw('1'))
          .whereRaw('final_entities.entity_id = refresh_state.entity_id')
          .whereNotNull('final_entities.final_entity'),
      )
      .update({ next_update_at: trx.fn.now() });
    return { plugin: 'catalog', entities: unseen };
  });
}
