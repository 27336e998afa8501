exports.up = async (knex) => {
  await knex.schema.createTable('entries', (table) => {
    table.increments('id');
    table.text('note').notNullable();
    table.timestamp('written_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.schema.createTable('settings', (table) => {
    table.string('name').primary();
    table.text('value').notNullable();
  });
  await knex('settings').insert({ name: 'title', value: 'Logbook' });
};

exports.down = async (knex) => {
  await knex.schema.dropTable('settings');
  await knex.schema.dropTable('entries');
};
