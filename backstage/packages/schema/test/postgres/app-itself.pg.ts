import { join } from 'node:path';
import { Installation, run } from './app';

/** The Backstage app that this package is part of, with the migrations that Backstage really ships. */
const APP = join(__dirname, '../../../..');

let here: Installation;
beforeEach(() => {
  here = new Installation();
  Object.assign(process.env, {
    POSTGRES_HOST: process.env.PGHOST,
    POSTGRES_PORT: process.env.PGPORT,
    POSTGRES_USER: process.env.PGUSER,
    POSTGRES_PREFIX: here.prefix,
  });
});
afterEach(() => here.remove());

interface Set {
  readonly package: string;
  readonly migrations: string[];
}

it("takes the catalog's last migrations back and on again, with its rows, and the schema is the same", async () => {
  expect((await run(APP, 'up')).json.error).toBeUndefined();
  const catalog = here.of('catalog');
  await catalog('refresh_state').insert({
    entity_id: '0b6f4d9c-0000-4000-8000-000000000001',
    entity_ref: 'component:default/kept',
    unprocessed_entity: '{}',
    errors: '[]',
    result_hash: 'as it was',
    next_update_at: new Date(Date.now() + 3_600_000),
    last_discovery_at: new Date(),
  });
  const full = (await run(APP, 'fingerprint')).json;
  expect(full.plugins.every((plugin: { tables: number }) => plugin.tables > 0)).toBe(true);

  const older = (await run(APP, 'manifest')).json;
  const sets: Set[] = older.plugins.flatMap((plugin: { sets: Set[] }) => plugin.sets);
  const lacking = sets.find((set) => set.package === '@backstage/plugin-catalog-backend')?.migrations.splice(-5);
  const down = await run(APP, 'down', '--to', JSON.stringify(older));
  expect(down).toMatchObject({ code: 0, json: { ok: true, kept: [] } });
  // Nobody can read it, for it was never stitched: the catalog is to process it again, at once.
  expect(down.json.healed).toEqual([{ plugin: 'catalog', entities: 1 }]);
  const [healed] = await catalog('refresh_state').select('result_hash', 'next_update_at');
  expect(healed.result_hash).toBe('');
  expect(healed.next_update_at.getTime()).toBeLessThan(Date.now() + 1000);
  expect(down.json.unwound).toMatchObject([{ plugin: 'catalog', migrations: lacking?.toReversed() }]);
  expect((await run(APP, 'fingerprint')).json.digest).not.toBe(full.digest);

  expect((await run(APP, 'up')).json.applied).toMatchObject([{ plugin: 'catalog', migrations: lacking }]);
  expect((await run(APP, 'fingerprint')).json).toEqual(full);
  expect(await catalog('refresh_state').pluck('entity_ref')).toEqual(['component:default/kept']);
  expect((await run(APP, 'unlock')).json).toMatchObject({ ok: true, freed: [], held: [] });
});
