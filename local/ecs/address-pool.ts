import { ServiceError } from '../aws/operation.ts';

/** AWS keeps the first four addresses of a subnet and the last one (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). */
const reserved = 4;

/**
 * Private addresses of the VPC 10.0.0.0/16. One that was given back is used again as late as possible, so
 * that a stale address does not reach somebody else's task at once.
 */
export class AddressPool {
  #next = reserved;
  readonly #free: number[] = [];

  allocate(): string {
    const number = this.#next < 2 ** 16 - 1 ? this.#next : this.#free.shift();
    if (number === undefined) throw new ServiceError('InsufficientFreeAddresses', 'All of 10.0.0.0/16 is in use.');
    if (number === this.#next) this.#next += 1;
    return `10.0.${Math.floor(number / 256)}.${number % 256}`;
  }

  release(address: string): void {
    const [, , high = 0, low = 0] = address.split('.').map(Number);
    this.#free.push(high * 256 + low);
  }
}
