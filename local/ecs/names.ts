import { createHash } from 'node:crypto';

/** The account and region that ARNs name. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

export function ecsArn({ account, region }: Place, resource: string): string {
  return `arn:aws:ecs:${region}:${account}:${resource}`;
}

/** `arn:…:cluster/name`, `arn:…:service/cluster/name`, `name` → `name`. */
export function shortName(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}

/** Identifiers that look like AWS's and are the same in every run. */
export class Identifiers {
  #count = 0;

  /** 32 hexadecimal digits. */
  next(kind: string): string {
    this.#count += 1;
    return createHash('sha256').update(`${kind}/${this.#count}`).digest('hex').slice(0, 32);
  }

  /** `ecs-svc/` and 19 digits. */
  taskSet(): string {
    return `ecs-svc/${String(BigInt(`0x${this.next('task-set').slice(0, 15)}`)).padStart(19, '1')}`;
  }
}
