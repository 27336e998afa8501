import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { creates, Installation, run, start } from './app';

let here: Installation;
beforeEach(() => {
  here = new Installation();
});
afterEach(() => here.remove());

const v1 = { shop: { '1_orders.js': creates('orders') }, stock: { '1_items.js': creates('items') } };
const addsColumn = `up: k => k.schema.alterTable('orders', t => t.string('note')),
  down: k => k.schema.alterTable('orders', t => t.dropColumn('note'))`;
const v2 = {
  shop: { ...v1.shop, '2_note.js': addsColumn, '3_refunds.js': creates('refunds') },
  stock: { ...v1.stock, '2_places.js': creates('places') },
};

async function manifestOf(image: string): Promise<string> {
  return (await run(image, 'manifest')).stdout;
}
const shown = (sets: { plugin: string; migrations: string[] }[]) =>
  sets.map(({ plugin, migrations }) => [plugin, ...migrations].join(' '));

it('takes back exactly what the older image lacks, keeps the rows, and lets the newer one come back', async () => {
  const [blue, green] = [here.image(v1), here.image(v2)];
  await run(blue, 'up');
  const shop = here.of('shop');
  await shop('orders').insert({ name: 'before' });
  await run(green, 'up');
  await shop('orders').insert({ name: 'during', note: 'lost with its column' });

  const to = await manifestOf(blue);
  const dry = await run(green, 'down', '--to', to, '--dry-run');
  expect(dry).toMatchObject({ code: 0, json: { ok: true, dryRun: true, unwound: [], kept: [] } });
  expect(shown(dry.json.planned)).toEqual(['stock 2_places.js', 'shop 3_refunds.js 2_note.js']);
  expect(await shop.schema.hasTable('refunds')).toBe(true);

  await shop('refunds').insert([{ name: 'one' }, { name: 'two' }]);
  const down = await run(green, 'down', '--to', to);
  expect(down).toMatchObject({ code: 0, json: { ok: true, dryRun: false, planned: dry.json.planned } });
  expect(down.json.unwound).toEqual(down.json.planned);
  expect(down.json.discarded).toEqual([
    { plugin: 'shop', table: 'orders', column: 'note', rows: 1 },
    { plugin: 'shop', table: 'refunds', rows: 2 },
  ]);
  // Nobody counted the live databases before the migration.
  expect(down.json).not.toHaveProperty('lost');
  expect(await shop('orders').select('name', 'id')).toEqual([
    { name: 'before', id: 1 },
    { name: 'during', id: 2 },
  ]);
  expect((await run(blue, 'status')).json).toMatchObject({ pending: 0, unknown: 0 });
  expect((await run(green, 'down', '--to', to)).json).toMatchObject({ ok: true, unwound: [] });
  expect((await run(green, 'up')).json).toMatchObject({ ok: true });
});

it('tells on a scratch copy what a migration has destroyed, though the way back brings its place again', async () => {
  const blue = here.image({
    shop: { '1_orders.js': creates('orders'), '2_more.js': addsColumn, '3_refunds.js': creates('refunds') },
  });
  const destroys = `up: async k => {
      await k.schema.alterTable('orders', t => t.dropColumn('note'));
      await k.schema.dropTable('refunds');
      await k('orders').where({ name: 'third' }).delete();
    }, down: async k => {
      await k.schema.alterTable('orders', t => t.string('note'));
      await k.schema.createTable('refunds', t => { t.increments(); t.string('name'); });
    }`;
  const green = here.image({
    shop: {
      '1_orders.js': creates('orders'),
      '2_more.js': addsColumn,
      '3_refunds.js': creates('refunds'),
      '4_destroys.js': destroys,
    },
  });
  await run(blue, 'up');
  const shop = here.of('shop');
  await shop('orders').insert([{ name: 'first', note: 'kept?' }, { name: 'second' }]);
  await shop('refunds').insert({ name: 'gone' });
  const prefix = `s${here.prefix}`;
  expect(await run(blue, 'copy', '--prefix', prefix)).toMatchObject({ code: 0 });
  for (const [index, config] of [
    [0, blue],
    [1, green],
  ] as const) {
    writeFileSync(join(config, 'scratch.yaml'), `backend: { database: { prefix: ${prefix} } }\n# ${index}\n`);
  }
  const onCopy = ['--config', 'app-config.yaml', '--config', 'scratch.yaml'];
  expect(await run(green, 'up', ...onCopy)).toMatchObject({ code: 0 });
  const down = await run(green, 'down', '--to', await manifestOf(blue), ...onCopy);
  expect(down.json).toMatchObject({ ok: true, discarded: [] });
  expect(down.json.lost).toEqual([
    { plugin: 'shop', table: 'orders', column: 'note', rows: 1 },
    { plugin: 'shop', table: 'refunds', rows: 1 },
  ]);
  await run(blue, 'drop', '--prefix', prefix);
});

it('reads the manifest from a file', async () => {
  const image = here.image(v1);
  await run(image, 'up');
  writeFileSync(join(image, 'blue.json'), await manifestOf(image));
  expect(await run(image, 'down', '--to', 'blue.json')).toMatchObject({ code: 0, json: { ok: true, planned: [] } });
});

it('removes every record of a migration that racing replicas recorded twice', async () => {
  const [blue, green] = [here.image(v1), here.image(v2)];
  await run(green, 'up');
  const shop = here.of('shop');
  await shop.raw('insert into knex_migrations (name, batch) select name, batch from knex_migrations order by id');
  const down = await run(green, 'down', '--to', await manifestOf(blue));
  expect(shown(down.json.unwound)).toEqual(['stock 2_places.js', 'shop 3_refunds.js 2_note.js']);
  expect(await shop('knex_migrations').pluck('name')).toEqual(['1_orders.js', '1_orders.js']);
});

it('rolls back the one that fails, says what was taken back before it, and can be run again', async () => {
  const failing = `up: async () => {}, down: async k => {
    await k.schema.dropTable('orders');
    if (!(await k.schema.hasTable('mended'))) throw new Error('not today');
  }`;
  const green = here.image({ shop: { ...v1.shop, '2_bad.js': failing, '3_refunds.js': creates('refunds') } });
  const to = await manifestOf(here.image({ shop: v1.shop }));
  await run(green, 'up');

  const failed = await run(green, 'down', '--to', to);
  expect(failed).toMatchObject({ code: 1, json: { ok: false } });
  expect(failed.json.error).toMatchObject({ kind: 'migration-failed', plugin: 'shop', migration: '2_bad.js' });
  expect(failed.json.error.message).toContain('not today');
  expect(shown(failed.json.unwound)).toEqual(['shop 3_refunds.js']);
  const shop = here.of('shop');
  expect(await shop.schema.hasTable('orders')).toBe(true);
  expect((await run(green, 'status')).json.plugins[0].sets[0]).toMatchObject({ applied: 2, locked: false });

  await shop.schema.createTable('mended', () => {});
  expect(await run(green, 'down', '--to', to)).toMatchObject({ code: 0 });
});

it('touches nothing when one of the migrations has no way back', async () => {
  const green = here.image({ ...v2, shop: { ...v1.shop, '2_one_way.js': 'up: async () => {}' } });
  const to = await manifestOf(here.image(v1));
  // Knex itself asks for a "down" before it applies anything, so this one came in by other means.
  await run(here.image(v2), 'up');
  const shop = here.of('shop');
  await shop('knex_migrations').where('name', '!=', '1_orders.js').delete();
  await shop('knex_migrations').insert({ name: '2_one_way.js', batch: 2 });

  const refused = await run(green, 'down', '--to', to);
  expect(refused).toMatchObject({ code: 1, json: { ok: false, unwound: [] } });
  expect(refused.json.error).toMatchObject({ kind: 'irreversible', plugin: 'shop', migration: '2_one_way.js' });
  expect(await here.of('stock').schema.hasTable('places')).toBe(true);
});

it('takes back a migration that forgoes its transaction, and leaves no lock, even when it fails', async () => {
  const concurrently = `config: { transaction: false },
    up: k => k.raw('create index concurrently orders_name on orders (name)'),
    down: async k => {
      await k.raw('drop index concurrently orders_name');
      if (await k.schema.hasTable('trap')) throw new Error('trapped');
    }`;
  const green = here.image({ shop: { ...v1.shop, '2_index.js': concurrently } });
  const to = await manifestOf(here.image({ shop: v1.shop }));
  await run(green, 'up');
  const shop = here.of('shop');
  expect(await run(green, 'down', '--to', to)).toMatchObject({ code: 0 });
  await run(green, 'up');
  await shop.schema.createTable('trap', () => {});
  expect(await run(green, 'down', '--to', to)).toMatchObject({
    code: 1,
    json: { error: { kind: 'migration-failed' } },
  });
  expect(await shop('knex_migrations_lock').pluck('is_locked')).toEqual([0]);
});

it('keeps the tables of a plugin that the older image does not have, and says so', async () => {
  const green = here.image(v1);
  await run(green, 'up');
  const to = await manifestOf(here.image({ shop: v1.shop }));
  const down = await run(green, 'down', '--to', to);
  expect(down.json).toMatchObject({ ok: true, planned: [], unwound: [] });
  expect(shown(down.json.kept)).toEqual(['stock 1_items.js']);
  const whole = await run(green, 'down', '--to', to, '--whole-sets');
  expect(shown(whole.json.unwound)).toEqual(['stock 1_items.js']);
  expect(await here.of('stock').schema.hasTable('items')).toBe(false);
});

it('waits for no backend that migrates by itself: it refuses, and says which lock', async () => {
  const green = here.image(v2);
  const to = await manifestOf(here.image(v1));
  await run(green, 'up');
  const trx = await here.of('shop').transaction();
  await trx('knex_migrations_lock').update({ is_locked: 1 });
  const refused = await run(green, 'down', '--to', to);
  expect(refused).toMatchObject({ code: 1, json: { error: { kind: 'locked', plugin: 'shop' } } });
  await trx.rollback();
  expect(await run(green, 'down', '--to', to)).toMatchObject({ code: 0 });
});

it('does not run beside another run, and stops between two migrations when told to', async () => {
  const slow = 'up: async () => {}, down: k => k.raw("select pg_sleep(1.5)")';
  const green = here.image({ shop: { ...v1.shop, '2_slow.js': slow, '3_slow.js': slow } });
  const to = await manifestOf(here.image({ shop: v1.shop }));
  await run(green, 'up');
  const first = start(green, 'down', '--to', to);
  const shop = here.of('shop');
  await until(() => shop.raw("select 1 from pg_stat_activity where query = 'select pg_sleep(1.5)'"));
  expect(await run(green, 'down', '--to', to, '--wait', '0')).toMatchObject({ json: { error: { kind: 'locked' } } });
  first.child.kill('SIGTERM');
  const { code, json } = await first.ended;
  expect({ code, kind: json.error.kind }).toEqual({ code: 1, kind: 'interrupted' });
  expect(shown(json.unwound)).toEqual(['shop 3_slow.js']);
});

async function until(query: () => PromiseLike<{ rows: unknown[] }>): Promise<void> {
  while ((await query()).rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
}

it('refuses a wrong command line and a manifest that is none', async () => {
  const image = here.image(v1);
  expect(await run(image, 'down')).toMatchObject({ code: 2, stdout: '' });
  expect(await run(image, 'up', '--to', 'x')).toMatchObject({ code: 2 });
  expect(await run(image, 'down', '--to', '{}')).toMatchObject({ code: 1, json: { error: { kind: 'manifest' } } });
});
