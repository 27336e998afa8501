/** Which loopback port stands for which address of the VPC. */
export class AddressBook {
  readonly #ports = new Map<string, number>();

  /** @returns a function that takes the entry out again */
  add(ip: string, port: number, loopbackPort: number): () => void {
    const address = `${ip}:${port}`;
    this.#ports.set(address, loopbackPort);
    return () => {
      if (this.#ports.get(address) === loopbackPort) this.#ports.delete(address);
    };
  }

  /** The port on 127.0.0.1, or null where nothing has the address. */
  find(ip: string, port: number): number | null {
    return this.#ports.get(`${ip}:${port}`) ?? null;
  }
}
