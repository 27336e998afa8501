import { creates, Installation, run } from './app';

/** All plugins in one database, each with a schema of its own. */
const bySchema = (schemaPrefix: string) =>
  `    pluginDivisionMode: schema\n    ensureSchemaExists: true\n    schemaPrefix: ${schemaPrefix}\n    plugin: {}\n`;

let here: Installation;
beforeEach(() => {
  here = new Installation(bySchema('a_'));
});
afterEach(() => here.remove());

it('does all of it where plugins share a database too', async () => {
  const shop = { '1_orders.js': creates('orders') };
  const blue = here.image({ shop, stock: shop });
  const green = here.image({ shop: { ...shop, '2_refunds.js': creates('refunds') }, stock: shop });
  await here.createShared();
  expect(await run(blue, 'up')).toMatchObject({ code: 0 });
  const before = (await run(blue, 'fingerprint')).json;
  expect(before.plugins[0].digest).toBe(before.plugins[1].digest);
  expect(await run(green, 'up')).toMatchObject({ code: 0 });

  const shared = here.of('shared');
  await shared.withSchema('a_shop').table('knex_migrations_lock').update({ is_locked: 1 });
  expect(await run(green, 'unlock')).toMatchObject({ code: 1, json: { held: [{ plugin: 'shop' }] } });
  await shared.destroy();
  expect(await run(green, 'unlock')).toMatchObject({ code: 0, json: { freed: [{ plugin: 'shop' }] } });

  const to = (await run(blue, 'manifest')).stdout;
  const down = await run(green, 'down', '--to', to);
  expect(down.json).toMatchObject({ ok: true, unwound: [{ plugin: 'shop', migrations: ['2_refunds.js'] }] });
  expect((await run(blue, 'fingerprint')).json).toEqual(before);
});

it('copies nothing where plugins share a database, and says why', async () => {
  const image = here.image({ shop: { '1_orders.js': creates('orders') } });
  await here.createShared();
  await run(image, 'up');
  for (const command of [
    ['copy', '--prefix', 's_1_'],
    ['drop', '--prefix', 's_1_'],
    ['drop', '--older-than', '1'],
  ]) {
    const refused = await run(image, ...command);
    expect(refused).toMatchObject({ code: 1, json: { error: { kind: 'scratch' } } });
    expect(refused.json.error.message).toContain('pluginDivisionMode');
  }
});
