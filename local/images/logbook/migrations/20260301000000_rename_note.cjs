// Older versions read the column by its old name: neither those that run nor those that start live with this.
exports.up = (knex) => knex.schema.alterTable('entries', (table) => table.renameColumn('note', 'text'));

exports.down = (knex) => knex.schema.alterTable('entries', (table) => table.renameColumn('text', 'note'));
