// Forgoes its transaction, so that it stays when the other half fails.
exports.config = { transaction: false };

exports.up = (knex) => knex.raw('create index concurrently entries_written_at on entries (written_at)');

exports.down = (knex) => knex.raw('drop index concurrently entries_written_at');
