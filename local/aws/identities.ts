import { randomBytes } from 'node:crypto';
import type { Caller } from './operation.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Tells callers apart by their access key. Signatures are not verified: the endpoint listens on loopback only,
 * and what it has to find out is whose permissions apply, not whether the caller may be trusted.
 */
export class Identities {
  readonly #roles = new Map<string, string>();
  readonly #credentials = new Map<string, Credentials>();

  /** Credentials of a role; asked again, the same ones. */
  issue(role: string): Credentials {
    const issued = this.#credentials.get(role);
    if (issued !== undefined) return issued;
    const credentials = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(20).toString('hex'),
    };
    this.#credentials.set(role, credentials);
    this.#roles.set(credentials.accessKeyId, role);
    return credentials;
  }

  /** A key that the stage has not issued is an engineer's own: an administrator. */
  caller(accessKeyId: string): Caller {
    return { role: this.#roles.get(accessKeyId) ?? null };
  }
}
