import { Installation, run } from './app';

let here: Installation;
beforeEach(() => {
  here = new Installation();
});
afterEach(() => here.remove());

const statements = [
  'create table kinds (id int primary key, name text)',
  `create table events (id int, day date, kind int references kinds, note text, primary key (id, day))
   partition by range (day)`,
  "create table a_events partition of events for values from ('2026-01-01') to ('2026-07-01')",
  "create table z_events partition of events for values from ('2026-07-01') to ('2027-01-01')",
  'alter table z_events add constraint own_key foreign key (id) references kinds',
  'create unique index events_note on events (note, day)',
  // Before what it refers to, by its name.
  'create table a_answers (id int primary key, event int, day date, foreign key (event, day) references events)',
  'create table base (id int primary key)',
  'create table base_more (more text) inherits (base)',
];
const v1 = {
  shop: {
    '1_all.js': `up: async k => { for (const s of ${JSON.stringify(statements)}) await k.raw(s); }, down() {}`,
  },
};

it('copies tables in partitions and tables that inherit, with keys to them and from them', async () => {
  const image = here.image(v1);
  await run(image, 'up');
  const shop = here.of('shop');
  await shop.raw("insert into kinds select i, 'kind ' || i from generate_series(1, 500) i");
  await shop.raw(`insert into events select i, date '2026-01-01' + i % 365, i % 500 + 1, 'note ' || i
    from generate_series(1, 500) i`);
  await shop.raw('insert into a_answers select i, i, day from events e join generate_series(1, 500) i on i = e.id');
  await shop.raw('insert into base values (1); insert into base_more values (2)');

  const prefix = `s${here.prefix}`;
  const copied = await run(image, 'copy', '--prefix', prefix);
  expect(copied.json.error).toBeUndefined();
  // Each row once, and the one record of the migration.
  expect(copied.json).toMatchObject({ ok: true, rows: 1503, plugins: [{ drift: { onlyLive: [], onlyCopy: [] } }] });
  const scratch = here.named(`${prefix}shop`);
  for (const table of ['kinds', 'a_events', 'z_events', 'events', 'a_answers', 'base', 'base_more']) {
    expect(await scratch(table).orderBy('id')).toEqual(await shop(table).orderBy('id'));
  }
  await expect(scratch('a_answers').insert({ id: 0, event: 0, day: '2026-03-01' })).rejects.toThrow('foreign key');
  await expect(scratch('events').insert({ id: 0, day: '2026-03-01', kind: 0 })).rejects.toThrow('foreign key');
  await expect(scratch('events').insert({ id: 1, day: '2026-01-02' })).rejects.toThrow('duplicate key');
  expect((await run(image, 'drop', '--prefix', prefix)).json).toMatchObject({ dropped: [`${prefix}shop`] });
});
