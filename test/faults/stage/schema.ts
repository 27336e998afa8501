import type { SimulatedCloud } from '../../../local/simulation/simulated-cloud.ts';
import type { MigrationEffect, Migrations } from '../../../local/simulation/simulated-database.ts';

const plugin = 'widgets';
const live = '';

/** What is left of the schema's side of a run. */
export interface SchemaFacts {
  /** Scratch copies that are there. */
  readonly copies: readonly string[];
  readonly lock: 'free' | 'held' | 'abandoned';
  /** Migrations of a run that never came to its end, which no rehearsal has tried alone. */
  readonly half: readonly string[];
  /** Whether a task of the version that serves works that is started now. */
  readonly restarts: boolean;
  readonly snapshots: readonly { readonly id: string; readonly status: string }[];
}

/** The database's schema under releases that change it. Every image brings all that the database has when it is pushed. */
export class StageSchema {
  readonly #simulated: SimulatedCloud;
  /** What each image brings, by digest. */
  readonly #brought = new Map<string, string[]>();
  #made = 0;
  #latest: readonly string[] = [];

  constructor(simulated: SimulatedCloud) {
    this.#simulated = simulated;
    simulated.database.set(plugin, ['0.js']);
  }

  /** @returns the migrations of the image that is pushed next: what the database has */
  present(): string[] {
    return [...this.#simulated.database.applied(plugin)];
  }

  /** @returns the same and two more, the second of which has this effect */
  further(effect: MigrationEffect): {
    readonly migrations: string[];
    readonly effects: Record<string, MigrationEffect>;
  } {
    this.#made += 1;
    const second = `${this.#made}b.js`;
    this.#latest = [`${this.#made}a.js`, second];
    return { migrations: [...this.present(), ...this.#latest], effects: { [second]: effect } };
  }

  /** @returns the migrations in the form in which an image has them */
  known(migrations: string[]): Migrations {
    return { [plugin]: migrations };
  }

  pushed(digest: string, migrations: string[]): void {
    this.#brought.set(digest, migrations);
  }

  /** @param serving digest of the image that serves */
  facts(serving: string): SchemaFacts {
    const { database, cloud } = this.#simulated;
    const known = this.known(this.#brought.get(serving) ?? []);
    const there = this.#latest.filter((migration) => this.present().includes(migration));
    return {
      copies: database.copies(),
      half: there.length === this.#latest.length ? [] : there,
      lock: database.lockOf(plugin, live),
      restarts: database.serves(known, live, database.snapshot(live)),
      snapshots: cloud.rds.snapshots().map(({ id, status }) => ({ id, status })),
    };
  }

  /** The next run begins as the first did: all images know the same migrations, and the database has them. */
  async reset(): Promise<void> {
    const { database, cloud } = this.#simulated;
    database.set(plugin, ['0.js']);
    for (const migrations of this.#brought.values()) migrations.splice(0, migrations.length, '0.js');
    for (const copy of database.copies()) database.drop(copy);
    database.release(plugin, live);
    for (const { id } of cloud.rds.snapshots()) {
      await cloud.endpoint.lookUp('rds', 'DeleteDBSnapshot', { DBSnapshotIdentifier: id });
    }
  }
}
