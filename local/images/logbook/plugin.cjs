// A logbook: people write into it, and every entity of the catalog is counted in it. The columns and tables that a
// version uses are given by the image's environment, as they would be by its code.
const path = require('node:path');

/** Column of the entries' text. */
const column = process.env.LOGBOOK_COLUMN ?? 'note';
/** Whether the title is read at start from the table `settings`, or is none of the database's business. */
const readsSettings = process.env.LOGBOOK_SETTINGS !== 'none';

/** @param {NodeJS.Require} fromBackend finds Backstage's packages */
exports.createLogbook = (fromBackend) => {
  const { coreServices, createBackendModule, createBackendPlugin } = fromBackend('@backstage/backend-plugin-api');
  const { catalogProcessingExtensionPoint } = fromBackend('@backstage/plugin-catalog-node');
  const express = fromBackend('express');

  /** @type {(knex: import('knex').Knex) => void} */
  let opened;
  const database = new Promise((done) => {
    opened = done;
  });

  const plugin = createBackendPlugin({
    pluginId: 'logbook',
    register(environment) {
      environment.registerInit({
        deps: { database: coreServices.database, httpRouter: coreServices.httpRouter },
        async init({ database: service, httpRouter }) {
          const knex = await service.getClient();
          if (!service.migrations?.skip) await knex.migrate.latest({ directory: path.join(__dirname, 'migrations') });
          if (readsSettings) await titleOf(knex);
          httpRouter.use(routes(express, knex));
          // A laptop's logbook: whoever reaches it may read and write.
          httpRouter.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
          opened(knex);
        },
      });
    },
  });

  const module = createBackendModule({
    pluginId: 'catalog',
    moduleId: 'logbook',
    register(environment) {
      environment.registerInit({
        deps: { processing: catalogProcessingExtensionPoint },
        async init({ processing }) {
          processing.addProcessor({
            getProcessorName: () => 'Logbook',
            // Many a plugin enriches entities from its own tables: what breaks it breaks the catalog's processing.
            async postProcessEntity(entity) {
              const knex = await database;
              await knex('entries').where(column, 'like', `%${entity.metadata.name}%`).first('id');
              return entity;
            },
          });
        },
      });
    },
  });
  return [plugin, module];
};

async function titleOf(knex) {
  const row = await knex('settings').where({ name: 'title' }).first('value');
  if (!row) throw new Error('The logbook has no title: its table "settings" is empty');
  return row.value;
}

function routes(express, knex) {
  const router = express.Router();
  router.get('/entries', (_request, response, next) => {
    knex('entries')
      .select({ id: 'id', note: column })
      .orderBy('id')
      .then((entries) => response.json({ entries }), next);
  });
  router.post('/entries', express.json(), (request, response, next) => {
    knex('entries')
      .insert({ [column]: String(request.body.note) })
      .returning('id')
      .then(([row]) => response.status(201).json(row), next);
  });
  return router;
}
