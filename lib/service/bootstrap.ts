/**
 * What the shape runs until the first release: answers 200 on every path, so that the first deploy
 * needs no released image. `Register` drops this command when it registers a release's revision.
 */
const script = [
  "const server = require('node:http').createServer((request, response) => response.end('understudy: nothing released yet'))",
  'server.listen(Number(process.env.PORT))',
  "process.on('SIGTERM', () => { server.close(); server.closeAllConnections() })",
].join('; ');

export const bootstrapCommand: readonly string[] = ['node', '-e', script];
