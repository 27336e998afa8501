declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    /** How long a table takes to become ACTIVE, in milliseconds. */
    readonly createTableMs?: number;
  }

  /** A server that need not listen: it answers what is emitted as its `request` events, too. */
  export default function dynalite(options?: Options): Server;
}
