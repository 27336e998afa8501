import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Guardian } from './compute/guardian.ts';
import { ProcessRuntime } from './compute/process-runtime.ts';
import type { DataPlane } from './elb/data-plane.ts';
import { ImageStore } from './images/image-store.ts';
import { AddressBook } from './network/address-book.ts';
import { type ListenerPort, LoadBalancerProxy } from './network/load-balancer-proxy.ts';
import { LoopbackNetwork } from './network/loopback-network.ts';
import { VpcRouter } from './network/vpc-router.ts';
import { type PostgresServer, startPostgres } from './postgres/postgres-server.ts';
import { makeReachableFolder } from './postgres/reachable-folder.ts';

/** The half of the stage that is real: folders, processes, sockets, PostgreSQL. */
export interface Laptop {
  /** For temporary files; gone when the laptop is closed, or the stage killed. */
  readonly folder: string;
  readonly images: ImageStore;
  readonly runtime: ProcessRuntime;
  readonly network: LoopbackNetwork;
  readonly postgres: PostgresServer;
  /** HTTP_PROXY of functions in the VPC. */
  readonly vpcProxy: string;
  /**
   * Opens the load balancer's listeners.
   * @returns the port on 127.0.0.1 by the listener's own
   * @throws PortTakenError
   */
  openLoadBalancer(
    dataPlane: DataPlane,
    privateIps: readonly string[],
    ports: readonly ListenerPort[],
  ): Promise<ReadonlyMap<number, number>>;
  /** Leaves no process, port or folder behind. May be called at any time, and twice. */
  close(): Promise<void>;
}

/** @param environment what only the stage knows of a task's environment: wins over the task definition */
export async function openLaptop(environment: () => Readonly<Record<string, string>>): Promise<Laptop> {
  const guardian = new Guardian();
  const folder = makeReachableFolder('understudy-');
  guardian.watchFolder(folder);
  const addresses = new AddressBook();
  const images = new ImageStore(join(folder, 'images'));
  const runtime = new ProcessRuntime({ images, addresses, guardian, folder: join(folder, 'tasks'), environment });
  const router = new VpcRouter(addresses);
  const proxies: LoadBalancerProxy[] = [];
  let postgres: PostgresServer | null = null;
  let closing: Promise<void> | null = null;

  const close = async () => {
    await Promise.all(proxies.map((proxy) => proxy.close(0)));
    await runtime.close();
    await router.close();
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    guardian.removed(folder);
    await guardian.close();
  };
  try {
    const started = await startPostgres(folder, guardian);
    postgres = started;
    return {
      folder,
      images,
      runtime,
      network: new LoopbackNetwork(addresses),
      postgres: started,
      vpcProxy: await router.listen(),
      openLoadBalancer: async (dataPlane, privateIps, ports) => {
        const proxy = new LoadBalancerProxy({ dataPlane, addresses, privateIps });
        proxies.push(proxy);
        const local = new Map<number, number>();
        for (const port of ports) local.set(port.listener, await proxy.listen(port));
        return local;
      },
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
