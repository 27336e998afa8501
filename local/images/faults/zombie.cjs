// The backend as Backstage's own template starts it: a plugin that fails to start leaves a process that
// lives on, answers liveness with 200 and is of no use.
const { createRequire } = require('node:module');
const { resolve } = require('node:path');

const fromBackend = createRequire(resolve('packages/backend/package.json'));
const { createBackendPlugin, coreServices } = fromBackend('@backstage/backend-plugin-api');
const { createUnderstudyBackend } = fromBackend('./src/app');

const broken = createBackendPlugin({
  pluginId: 'broken',
  register(environment) {
    environment.registerInit({
      deps: { logger: coreServices.logger },
      async init() {
        throw new Error('this plugin was built to fail at start');
      },
    });
  },
});

const backend = createUnderstudyBackend();
backend.add(broken);
backend.start().catch((error) => console.error('The backend failed to start:', error));
