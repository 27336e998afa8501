import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { creates, Installation, run } from './app';

let here: Installation;
beforeEach(() => {
  here = new Installation();
});
afterEach(() => here.remove());

const v1 = { shop: { '1_orders.js': creates('orders') }, stock: { '1_items.js': creates('items') } };
const v2 = { ...v1, shop: { ...v1.shop, '2_refunds.js': creates('refunds') } };
const lockOf = (json: { plugins: { plugin: string; sets: { lock?: unknown }[] }[] }, plugin: string) =>
  json.plugins.find((each) => each.plugin === plugin)?.sets[0]?.lock;

it('tells since when a backend has held the lock, where the server keeps the time of a commit', async () => {
  const image = here.image(v1);
  await run(image, 'up');
  expect(lockOf((await run(image, 'status')).json, 'shop')).toBeUndefined();
  const before = Date.now();
  await here.of('shop')('knex_migrations_lock').update({ is_locked: 1 });
  const { json } = await run(image, 'status');
  expect(lockOf(json, 'stock')).toBeUndefined();
  const lock = lockOf(json, 'shop') as { since: string; abandoned: boolean; reason: string };
  expect(lock).toMatchObject({
    abandoned: false,
    reason: expect.stringContaining('a backend that migrates by itself'),
  });
  expect(Date.parse(lock.since)).toBeGreaterThanOrEqual(before - 5);
  expect(Date.parse(lock.since)).toBeLessThanOrEqual(Date.now());
});

it('tells since when a migration has been running in a transaction, which Knex itself does not show', async () => {
  const image = here.image(v1);
  await run(image, 'up');
  const trx = await here.of('shop').transaction();
  await trx('knex_migrations_lock').update({ is_locked: 1 });
  const { json } = await run(image, 'status');
  expect(lockOf(json, 'shop')).toMatchObject({
    since: expect.stringMatching(/^\d{4}-/),
    abandoned: false,
    reason: expect.stringContaining('migrating right now'),
  });
  expect(json.plugins[0].sets[0].locked).toBe(false);
  await trx.rollback();
});

it('plans without changing anything, and refuses in a plan what it would refuse', async () => {
  const [blue, green] = [here.image(v1), here.image(v2)];
  const fresh = await run(blue, 'up', '--dry-run');
  expect(fresh).toMatchObject({ code: 0, json: { ok: true, dryRun: true, applied: [] } });
  expect(fresh.json.planned.map((set: { plugin: string }) => set.plugin)).toEqual(['shop', 'stock']);
  expect((await run(blue, 'status')).json.pending).toBe(2);
  await run(blue, 'up');
  await here.of('shop')('knex_migrations_lock').update({ is_locked: 1 });
  const locked = await run(green, 'up', '--dry-run');
  expect(locked).toMatchObject({
    code: 1,
    json: { error: { kind: 'locked' }, planned: [{ migrations: ['2_refunds.js'] }] },
  });
  expect(await run(green, 'up', '--dry-run', '--free-locks')).toMatchObject({ code: 0 });
  expect(await here.of('shop')('knex_migrations_lock').pluck('is_locked')).toEqual([1]);
});

it('names what it cannot place, and then changes nothing at all, whatever the command', async () => {
  const image = here.image(v1);
  await run(image, 'up');
  const to = (await run(image, 'manifest')).stdout;
  const stranger = here.image({ ...v2, odd: { '1_odd.js': creates('odd') } }, { odd: 'records its own way' });
  expect((await run(stranger, 'status')).json.unplaced).toMatchObject([{ package: 'plugin-odd' }]);
  for (const command of [['up'], ['up', '--dry-run'], ['down', '--to', to], ['copy', '--prefix', `s${here.prefix}`]]) {
    const refused = await run(stranger, ...command);
    expect(refused).toMatchObject({ code: 1, json: { error: { kind: 'unplaced', package: 'plugin-odd' } } });
  }
  expect(await here.of('shop').schema.hasTable('refunds')).toBe(false);
  const placed = here.image({ ...v2, odd: { '1_odd.js': creates('odd') } }, { odd: 'records its own way' }, [
    { plugin: 'odd', package: 'plugin-odd', table: 'odd_migrations' },
  ]);
  expect(await run(placed, 'up')).toMatchObject({ code: 0 });
  expect(await here.of('odd')('odd_migrations').pluck('name')).toEqual(['1_odd.js']);
  expect((await run(placed, 'down', '--to', to, '--whole-sets')).json).toMatchObject({ ok: true });
  expect(await here.of('odd')('odd_migrations').pluck('name')).toEqual([]);
});

it('takes as many files of configuration as the backend does, and says so when they name no PostgreSQL', async () => {
  const image = here.image(v1);
  const sqlite = 'backend: { database: { client: better-sqlite3, connection: ":memory:" } }';
  writeFileSync(join(image, 'develop.yaml'), sqlite);
  const files = ['--config', 'develop.yaml', '--config', 'app-config.yaml'];
  expect(await run(image, 'up', ...files)).toMatchObject({ code: 0, json: { ok: true } });
  const to = (await run(image, 'manifest', '--config', 'develop.yaml')).stdout;
  const commands = [
    ['status'],
    ['up'],
    ['down', '--to', to],
    ['unlock'],
    ['fingerprint'],
    ['copy', '--prefix', `s${here.prefix}`],
    ['drop', '--prefix', `s${here.prefix}`],
  ];
  for (const command of commands) {
    const refused = await run(image, ...command, '--config', 'develop.yaml');
    expect(refused).toMatchObject({ code: 1, json: { ok: false, error: { kind: 'configuration' } } });
    expect(refused.json.error.message).toContain('client is "better-sqlite3", and only "pg" will do. Pass the files');
  }
});
