import type { Knex } from 'knex';
import { creates, Installation, run, start } from './app';

let here: Installation;
beforeEach(() => {
  here = new Installation();
});
afterEach(() => here.remove());

const v1 = { shop: { '1_orders.js': creates('orders') } };
const slow = `config: { transaction: false }, up: k => k.raw('select pg_sleep(3)'), down: k => k.raw('select pg_sleep(3)')`;
const v2 = { shop: { ...v1.shop, '2_slow.js': slow } };

async function sleeping(knex: Knex): Promise<void> {
  const asleep = "select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'";
  for (;;) {
    const { rows } = await knex.raw<{ rows: unknown[] }>(`${asleep} and datname = current_database()`);
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const locks = (shop: Knex) => shop('knex_migrations_lock').pluck('is_locked');

it.each([
  ['up', () => []],
  ['down', (to: string) => ['--to', to]],
])('frees what a killed "%s" left, as soon as the server is done with it too', async (command, args) => {
  const image = here.image(v2);
  const to = (await run(here.image(v1), 'manifest')).stdout;
  await run(command === 'up' ? here.image(v1) : image, 'up');
  const shop = here.of('shop');
  const { child, ended } = start(image, command, ...args(to));
  await sleeping(shop);
  child.kill('SIGKILL');
  await ended;

  // The server finishes the statement of a client that is gone.
  const early = await run(image, 'unlock', '--wait', '0');
  expect(early).toMatchObject({ code: 1, json: { ok: false, freed: [], error: { kind: 'locked', plugin: 'shop' } } });
  expect(early.json.held[0].reason).toContain('is still there');
  expect(early.json.held[0].holders[0].application).toMatch(/^backstage-schema /);
  expect(await locks(shop)).toEqual([1]);

  await new Promise((resolve) => setTimeout(resolve, 3000));
  // This test's own connection, as those of tasks that serve, is no obstacle.
  const dry = await run(image, 'unlock', '--dry-run');
  expect(dry).toMatchObject({ code: 0, json: { ok: true, dryRun: true, held: [] } });
  expect(await locks(shop)).toEqual([1]);
  const unlocked = await run(image, 'unlock');
  expect(unlocked).toMatchObject({ code: 0, json: { ok: true, freed: dry.json.freed, held: [] } });
  expect(unlocked.json.freed).toMatchObject([{ plugin: 'shop', package: 'plugin-shop', table: 'knex_migrations' }]);
  expect(await locks(shop)).toEqual([0]);
  expect((await run(image, 'unlock')).json).toEqual({ ok: true, dryRun: false, freed: [], held: [] });
  expect(await run(image, command, ...args(to))).toMatchObject({ code: 0 });
});

/** Runs `up`, and kills it while a migration sleeps: the server goes on with the statement. */
async function killInTheMidst(image: Parameters<typeof start>[0], shop: Parameters<typeof sleeping>[0]): Promise<void> {
  const { child, ended } = start(image, 'up');
  await sleeping(shop);
  child.kill('SIGKILL');
  await ended;
}

it.each([
  ['forgoes its transaction', 'config: { transaction: false },', [{ plugin: 'shop' }]],
  ['runs in a transaction, which took the lock back with it', '', []],
])('waits for the statement of a run that was killed, when its migration %s', async (_, config, freed) => {
  const slowly = `${config} up: k => k.raw('select pg_sleep(4)'), down() {}`;
  const image = here.image({ shop: { ...v1.shop, '2_slow.js': slowly } });
  await run(here.image(v1), 'up');
  const shop = here.of('shop');
  await killInTheMidst(image, shop);
  expect(await run(image, 'unlock', '--wait', '0')).toMatchObject({ code: 1, json: { error: { kind: 'locked' } } });
  // What would be freed now is a question about now.
  expect(await run(image, 'unlock', '--dry-run')).toMatchObject({ code: 1, json: { held: [{ plugin: 'shop' }] } });
  const unlocked = await run(image, 'unlock', '--wait', '30');
  expect(unlocked).toMatchObject({ code: 0, json: { ok: true, freed, held: [] } });
  expect(unlocked.stderr.match(/Waiting for what the server still does/g)).toHaveLength(1);
  expect(await run(image, 'up')).toMatchObject({ code: 0, json: { applied: [{ migrations: ['2_slow.js'] }] } });
});

it('frees what a backend of its own left only when nobody at all is connected', async () => {
  const image = here.image(v1);
  await run(image, 'up');
  const shop = here.of('shop');
  await shop('knex_migrations_lock').update({ is_locked: 1 });
  const held = await run(image, 'unlock');
  expect(held).toMatchObject({ code: 1, json: { freed: [], error: { kind: 'locked' } } });
  expect(held.json.held[0].holders).toMatchObject([{ pid: expect.any(Number), client: '127.0.0.1' }]);
  await shop.destroy();
  expect((await run(image, 'unlock')).json).toMatchObject({ ok: true, freed: [{ plugin: 'shop' }] });
  expect(await locks(here.of('shop'))).toEqual([0]);
});

it('does not believe the mark of a run when somebody else has taken the lock since', async () => {
  const image = here.image(v2);
  await run(here.image(v1), 'up');
  const shop = here.of('shop');
  await killInTheMidst(image, shop);
  // By hand, as `knex migrate:unlock` would; then a backend that migrates by itself.
  await shop('knex_migrations_lock').update({ is_locked: 0 });
  await shop('knex_migrations_lock').update({ is_locked: 1 });
  await new Promise((resolve) => setTimeout(resolve, 3500));
  const held = await run(image, 'unlock');
  expect(held).toMatchObject({ code: 1, json: { freed: [] } });
  expect(held.json.held[0].reason).toContain('a backend that migrates by itself');
});

it('sees a lock that lives in a transaction, and who holds it', async () => {
  const image = here.image(v1);
  await run(image, 'up');
  const trx = await here.of('shop').transaction();
  await trx('knex_migrations_lock').update({ is_locked: 1 });
  const held = await run(image, 'unlock');
  expect(held.json.held).toMatchObject([{ plugin: 'shop', reason: expect.stringContaining('in a transaction') }]);
  expect(held.json.held[0].holders).toHaveLength(1);
  await trx.rollback();
  expect(await run(image, 'unlock')).toMatchObject({ code: 0, json: { freed: [] } });
});

it('mends a lock with two rows', async () => {
  const image = here.image(v1);
  await run(image, 'up');
  const shop = here.of('shop');
  await shop('knex_migrations_lock').insert({ is_locked: 0 });
  expect((await run(image, 'unlock')).json.freed[0].reason).toContain('2 rows');
  expect(await locks(shop)).toEqual([0]);
});

it('says which run holds the schema lock, and frees nothing beside it', async () => {
  const image = here.image(v2);
  await run(here.image(v1), 'up');
  const { ended } = start(image, 'up');
  await sleeping(here.of('shop'));
  const refused = await run(image, 'unlock', '--wait', '0');
  expect(refused).toMatchObject({ code: 1, json: { freed: [], error: { kind: 'locked' } } });
  expect(refused.json.error.message).toMatch(/schema lock: backstage-schema \w+ from 127/);
  expect(await ended).toMatchObject({ code: 0 });
});

it('creates nothing on a server where nothing has been migrated', async () => {
  expect(await run(here.image(v1), 'unlock')).toMatchObject({ code: 0, json: { ok: true, freed: [] } });
});
