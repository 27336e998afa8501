import type { Server } from 'node:http';

/** Raised in words for the person at the terminal, when the port they named is taken. */
export class PortTakenError extends Error {
  constructor(port: number) {
    super(`Port ${port} on 127.0.0.1 is taken. End what listens there, or name another one with --port.`);
    this.name = 'PortTakenError';
  }
}

/**
 * Listens on 127.0.0.1, and nowhere else.
 * @param port 0 for any free one
 * @returns the port
 * @throws {PortTakenError}
 */
export function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port) : error),
    );
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Takes no new requests, lets those under way finish for at most `graceMs`, then cuts the rest. */
export async function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}
