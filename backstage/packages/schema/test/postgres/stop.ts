import { rmSync } from 'node:fs';

export default async function stop(): Promise<void> {
  const server = globalThis.schemaTestServer;
  if (!server) return;
  const ended = new Promise((resolve) => server.process.once('exit', resolve));
  server.process.kill('SIGQUIT');
  await ended;
  rmSync(server.folder, { recursive: true, force: true });
}
