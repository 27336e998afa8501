import { createServer } from 'node:net';

/**
 * Ports below those that systems give to outgoing connections (32768 and up on Linux, 49152 on
 * macOS): a task may take seconds to listen, and meanwhile nobody else must be handed its port.
 */
const lowest = 20_000;
const highest = 32_000;
const given = new Set<number>();

/** Whether 127.0.0.1 has the port free at this moment. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port on 127.0.0.1 that nothing listens on and that this process has not been given before. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (given.has(port)) continue;
    if (await isPortFree(port)) {
      given.add(port);
      return port;
    }
  }
  throw new Error(`No free port between ${lowest} and ${highest} on 127.0.0.1. End what holds them and try again.`);
}
