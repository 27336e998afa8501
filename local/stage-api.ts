import type { ImageRecipe } from './images/image-store.ts';
import type { Network } from './network/network.ts';

/** Settings of SDK clients that talk to the stage as an engineer's shell would. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface StageOptions {
  /** How many times faster than the machine's the stage's time runs. */
  readonly speed: number;
  /** Where users find the service on 127.0.0.1; null for the usual port, or any free one. */
  readonly port: number | null;
  /** One line of what the stage is doing, for whoever waits. */
  readonly progress: (line: string) => void;
}

/**
 * A running stage with everything deployed and nothing released. Whatever else somebody wants to know,
 * they ask through its endpoint, as on AWS.
 */
export interface Stage {
  /** Name of the environment whose templates are deployed. */
  readonly environment: string;
  readonly service: string;
  readonly client: ClientConfig;
  /** The production listener, for a browser. */
  readonly url: string;
  readonly testUrl: string;
  readonly postgresVersion: string;
  /** Stage time, in milliseconds since the epoch. */
  now(): number;
  /** Builds an image and pushes it to the service's repository. */
  push(recipe: ImageRecipe, tag: string): Promise<{ readonly digest: string }>;
  /** How many messages the release topic has got so far. */
  notifications(): number;
  /** Processes of tasks, by the operating system's word. */
  taskProcesses(): readonly { readonly taskArn: string; readonly pid: number }[];
  /** Asks PostgreSQL as its superuser. */
  query(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** Sends a request to a task, as whoever is in its network does. @throws when it does not answer in time */
  send: Network['send'];
  /** Leaves nothing behind. May be called at any time, and twice. */
  stop(): Promise<void>;
}
