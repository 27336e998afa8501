// Backstage with one plugin more, which has a database of its own: the logbook. Each version of it brings its own
// folder of migrations.
const { createRequire } = require('node:module');
const { resolve } = require('node:path');
const { createLogbook } = require('./plugin.cjs');

const fromBackend = createRequire(resolve('packages/backend/package.json'));
const { createUnderstudyBackend } = fromBackend('./src/app');
const { startOrExit } = fromBackend('./src/startOrExit');

const backend = createUnderstudyBackend();
for (const feature of createLogbook(fromBackend)) backend.add(feature);
void startOrExit(backend);
