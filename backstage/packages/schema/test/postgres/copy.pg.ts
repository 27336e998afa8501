import { creates, Installation, run, runWith } from './app';

let here: Installation;
beforeEach(() => {
  here = new Installation();
});
afterEach(() => here.remove());

const v1 = {
  shop: {
    // The order of the names is against that of the references, and one refers to itself.
    '1_orders.js': creates('orders'),
    '2_lines.js': `up: k => k.schema.createTable('a_lines', t => {
      t.increments(); t.integer('order_id').references('id').inTable('orders');
      t.integer('parent').references('id').inTable('a_lines'); t.jsonb('data'); t.binary('blob');
    }), down: k => k.schema.dropTable('a_lines')`,
    // Leans on the primary key: by it alone the name is one for each group.
    '3_view.js': `up: k => k.raw('create view named as select o.id, o.name, count(*) from orders o group by o.id'),
      down: k => k.raw('drop view named')`,
  },
};

it('copies schema, rows and sequences, leaves the live databases alone, and is dropped without a trace', async () => {
  const image = here.image(v1);
  await run(image, 'up');
  const shop = here.of('shop');
  // More than a megabyte: copied in more than one piece.
  await shop.raw("insert into orders (name) select 'order ' || i from generate_series(1, 30000) i");
  await shop.raw(`insert into a_lines (order_id, parent, data, blob)
    select i, 5001 - i, '{"a": 1}', decode(repeat('ab', i % 7 * 20000), 'hex') from generate_series(1, 5000) i`);
  await shop.raw('create index drifted on orders (name)');
  await shop('knex_migrations_lock').update({ is_locked: 1 });

  // Its own remover looks for databases by this prefix too.
  const prefix = `s${here.prefix}`;
  const copied = await run(image, 'copy', '--prefix', prefix);
  expect(copied.json.error).toBeUndefined();
  expect(copied).toMatchObject({ code: 0, json: { ok: true, rows: 35_003 } });
  expect(copied.json.plugins).toMatchObject([
    {
      plugin: 'shop',
      tables: 3,
      drift: { onlyLive: ['index drifted CREATE INDEX drifted ON orders USING btree (name)'], onlyCopy: [] },
    },
  ]);
  const scratch = here.named(`${prefix}shop`);
  const sum = "select md5(string_agg(t::text, ',' order by id)) sum from a_lines t";
  expect((await scratch.raw(sum)).rows).toEqual((await shop.raw(sum)).rows);
  expect(await scratch('orders').insert({ name: 'next' }).returning('id')).toEqual([{ id: 30_001 }]);
  await expect(scratch('a_lines').insert({ order_id: 99_999 })).rejects.toThrow('foreign key');
  expect(await scratch('knex_migrations_lock').pluck('is_locked')).toEqual([0]);
  expect(await shop('orders').count()).toEqual([{ count: '30000' }]);

  expect(await run(image, 'copy', '--prefix', prefix)).toMatchObject({ code: 1, json: { error: { kind: 'scratch' } } });
  expect((await run(image, 'drop', '--prefix', prefix, '--dry-run')).json.dropped).toEqual([`${prefix}shop`]);
  expect((await run(image, 'drop', '--prefix', prefix)).json).toMatchObject({ dropped: [`${prefix}shop`], left: [] });
  expect((await run(image, 'drop', '--prefix', prefix)).json).toMatchObject({ dropped: [], left: [] });
});

it('touches no live database, whatever prefix it is given', async () => {
  const image = here.image(v1);
  await run(image, 'up');
  const other = here.prefix.replace('t', 'tt');
  for (const command of ['copy', 'drop']) {
    for (const prefix of [here.prefix, here.prefix.slice(0, 4), `${here.prefix}x`, 'x', '']) {
      const refused = await run(image, command, '--prefix', prefix);
      expect(refused).toMatchObject({ code: 1, json: { error: { kind: 'scratch' } } });
    }
  }
  await here.of('shop').raw('create database ??', [`${other}shop`]);
  expect((await run(image, 'drop', '--prefix', other)).json).toMatchObject({ dropped: [], left: [`${other}shop`] });
  await here.of('shop').raw('drop database ??', [`${other}shop`]);
  expect(await run(image, 'copy')).toMatchObject({ code: 2 });
});

it('sweeps the copies of this installation that are old enough, and no others', async () => {
  const there = new Installation();
  const [image, neighbour] = [here.image(v1), there.image(v1)];
  await run(image, 'up');
  await run(neighbour, 'up');
  const prefix = `s${here.prefix}`;
  const estimate = await run(image, 'copy', '--prefix', prefix, '--dry-run');
  expect(estimate).toMatchObject({
    code: 0,
    json: { ok: true, dryRun: true, plugins: [{ plugin: 'shop', tables: 4 }] },
  });
  expect(estimate.json.bytes).toBeGreaterThan(0);
  expect((await run(image, 'drop', '--prefix', prefix)).json.dropped).toEqual([]);

  await run(image, 'copy', '--prefix', `${prefix}old_`);
  await run(image, 'copy', '--prefix', `${prefix}new_`);
  await run(neighbour, 'copy', '--prefix', `s${there.prefix}`);
  const old = here.named(`${prefix}old_shop`);
  const mark = { at: new Date(Date.now() - 3 * 3_600_000).toISOString(), of: here.prefix };
  await old.raw(
    `comment on database ${prefix}old_shop is 'backstage-schema: scratch copy, may be dropped ${JSON.stringify(mark).replaceAll('?', '\\?')}'`,
  );
  await old.destroy();

  expect((await run(image, 'drop', '--older-than', '2', '--dry-run')).json.dropped).toEqual([`${prefix}old_shop`]);
  expect((await run(image, 'drop', '--older-than', '2')).json.dropped).toEqual([`${prefix}old_shop`]);
  expect((await run(image, 'drop', '--older-than', '2')).json.dropped).toEqual([]);
  expect((await run(image, 'drop', '--older-than', '1', '--prefix', prefix)).json).toMatchObject({
    dropped: [],
    left: [`${prefix}new_shop`],
  });
  expect((await run(image, 'drop', '--older-than', '0')).json.dropped).toEqual([`${prefix}new_shop`]);
  expect((await run(neighbour, 'drop', '--older-than', '0')).json.dropped).toEqual([`s${there.prefix}shop`]);
  expect(await run(image, 'drop', '--older-than', 'soon')).toMatchObject({ code: 2 });
  expect(await run(image, 'drop')).toMatchObject({ code: 2 });
  await there.remove();
});

it('counts what a new plugin brings on a copy as part of the copy, and never a live database', async () => {
  const stock = { '1_items.js': creates('items') };
  const [blue, green] = [here.image(v1), here.image({ ...v1, stock })];
  await run(blue, 'up');
  const prefix = `s${here.prefix}`;
  await run(blue, 'copy', '--prefix', prefix);
  const onCopy = { APP_CONFIG_backend_database_prefix: prefix };
  expect(await runWith(onCopy, green, 'up')).toMatchObject({ code: 0, json: { applied: [{ plugin: 'stock' }] } });
  const both = [`${prefix}shop`, `${prefix}stock`];
  const marks = `select shobj_description(oid, 'pg_database') mark from pg_database
    where datname = any(?) order by datname`;
  const marksOf = async (names: string[]): Promise<string[]> => {
    const { rows } = await here.of('shop').raw<{ rows: { mark: string }[] }>(marks, [names]);
    return rows.map(({ mark }) => mark);
  };
  const [mark, ofStock] = await marksOf(both);
  expect(mark).toContain(`"of":"${here.prefix}"}`);
  expect(ofStock).toBe(mark?.replace(/}$/, ',"before":{}}'));

  // Not where a copy is said to be one of itself, nor beside a database that is no copy: either may be live.
  const [liveShop, ads] = [`${here.prefix}shop`, { '1_ads.js': creates('ads') }];
  await here.of('shop').raw(`comment on database ?? is '${mark}'`, [liveShop]);
  expect(await run(green, 'up')).toMatchObject({ code: 0, json: { applied: [{ plugin: 'stock' }] } });
  await here.of('shop').raw(`comment on database ?? is '${mark?.replace(here.prefix, 'other_')}'`, [liveShop]);
  expect(await run(here.image({ ...v1, stock, ads }), 'up')).toMatchObject({ code: 0, json: { ok: true } });
  expect(await marksOf([`${here.prefix}stock`, `${here.prefix}ads`])).toEqual([null, null]);

  expect((await run(green, 'drop', '--prefix', prefix)).json).toMatchObject({ dropped: both, left: [] });
});
