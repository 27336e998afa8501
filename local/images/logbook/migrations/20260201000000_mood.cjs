// Older versions neither read nor write the column: they live with it.
exports.up = (knex) => knex.schema.alterTable('entries', (table) => table.string('mood'));

exports.down = (knex) => knex.schema.alterTable('entries', (table) => table.dropColumn('mood'));
