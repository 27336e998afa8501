import { creates, Installation, run } from './app';

let here: Installation;
let there: Installation;
beforeEach(() => {
  here = new Installation();
  there = new Installation();
});
afterEach(() => Promise.all([here.remove(), there.remove()]));

const v1 = {
  shop: {
    '1_orders.js': creates('orders'),
    '2_lines.js': `up: async k => {
      await k.raw("create type colour as enum ('red', 'blue')");
      await k.schema.createTable('lines', t => {
        t.integer('order_id').references('id').inTable('orders').onDelete('CASCADE');
        t.specificType('colour', 'colour').defaultTo('red');
        t.text('note').notNullable().index();
      });
    }, down: async k => { await k.schema.dropTable('lines'); await k.raw('drop type colour'); }`,
  },
  stock: { '1_items.js': creates('items') },
};
const digests = async (image: string) => (await run(image, 'fingerprint')).json;

it('is the same for the same schema under another prefix, and tells each object in one line', async () => {
  const [a, b] = [here.image(v1), there.image(v1)];
  await run(a, 'up');
  await run(b, 'up');
  expect(await digests(a)).toEqual(await digests(b));
  const { code, json } = await run(a, 'fingerprint', '--details');
  expect({ code, ok: json.ok, unplaced: json.unplaced }).toEqual({ code: 0, ok: true, unplaced: [] });
  expect(json.plugins.map((p: { plugin: string; tables: number }) => [p.plugin, p.tables])).toEqual([
    ['shop', 4],
    ['stock', 3],
  ]);
  expect(json.plugins[0].details).toEqual(
    expect.arrayContaining([
      'table orders',
      "column orders.id integer not null default nextval('orders_id_seq'::regclass)",
      "column lines.colour colour default 'red'::colour",
      'index lines_note_index CREATE INDEX lines_note_index ON lines USING btree (note)',
      'constraint lines.lines_order_id_foreign FOREIGN KEY (order_id) REFERENCES orders(id) ON DELETE CASCADE',
      "enum colour 'red', 'blue'",
    ]),
  );
  expect(json.plugins[0].details).toEqual(json.plugins[0].details.toSorted());
});

it('depends neither on rows, nor on what the planner is told of them, nor on the order of columns', async () => {
  const image = here.image(v1);
  await run(image, 'up');
  const before = await digests(image);
  const shop = here.of('shop');
  await shop('orders').insert({ name: 'a row' });
  await shop.raw('alter table orders alter name set (n_distinct = 7)');
  await shop.schema.alterTable('orders', (t) => t.dropColumn('name'));
  await shop.schema.alterTable('orders', (t) => t.string('name'));
  expect(await digests(image)).toEqual(before);
});

it.each([
  ['a column', 'alter table orders add extra text'],
  ['a type', 'alter table orders alter name type text'],
  ['nullability', 'alter table orders alter name set not null'],
  ['a default', "alter table orders alter name set default 'x'"],
  ['an index', 'create index on orders (name)'],
  ['a constraint', "alter table orders add check (name <> '')"],
  ['a label', "alter type colour add value 'green'"],
  ['a view', 'create view names as select name from orders'],
  ['a function', "create function one() returns int language sql as 'select 1'"],
])('sees %s that changed, in that plugin alone', async (_what, change) => {
  const image = here.image(v1);
  await run(image, 'up');
  const before = await digests(image);
  await here.of('shop').raw(change);
  const after = await digests(image);
  expect(after.digest).not.toBe(before.digest);
  expect(after.plugins[0].digest).not.toBe(before.plugins[0].digest);
  expect(after.plugins[1]).toEqual(before.plugins[1]);
});

it('comes back with the way back', async () => {
  const [blue, green] = [
    here.image(v1),
    here.image({ ...v1, stock: { ...v1.stock, '2_places.js': creates('places') } }),
  ];
  await run(blue, 'up');
  const before = await digests(blue);
  await run(green, 'up');
  expect((await digests(blue)).digest).not.toBe(before.digest);
  await run(green, 'down', '--to', (await run(blue, 'manifest')).stdout);
  expect(await digests(blue)).toEqual(before);
});

it('creates nothing on a server where nothing has been migrated', async () => {
  const image = here.image(v1);
  expect((await digests(image)).plugins).toMatchObject([{ tables: 0 }, { tables: 0 }]);
  expect((await run(image, 'status')).json.pending).toBe(3);
});
