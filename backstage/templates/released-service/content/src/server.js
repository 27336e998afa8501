import { createServer } from 'node:http';
import { answer } from './answer.js';

let leaving = false;
const server = createServer((request, response) => {
  const { status, body } = answer(request.url, { version: process.env.APP_VERSION ?? 'dev', leaving });
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});

server.listen(Number(process.env.PORT ?? ${{ values.port }}));

// The load balancer sees the readiness fail, and lets go while requests are still served.
process.on('SIGTERM', () => {
  leaving = true;
  setTimeout(() => server.close(() => process.exit(0)), 15_000);
});
