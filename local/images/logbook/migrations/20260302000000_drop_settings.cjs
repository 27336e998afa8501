// Older versions read the table when they start: those that run live on, and no new one starts. What was in it is gone
// for good, though the way back makes the table again.
exports.up = (knex) => knex.schema.dropTable('settings');

exports.down = (knex) =>
  knex.schema.createTable('settings', (table) => {
    table.string('name').primary();
    table.text('value').notNullable();
  });
