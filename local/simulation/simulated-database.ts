/** What a migration does, beyond being there. */
export interface MigrationEffect {
  /** Versions that do not know it answer badly from the moment it is applied, though they say that they are ready. */
  readonly breaksRunning?: boolean;
  /** Versions that do not know it answer badly when they are started on it. */
  readonly breaksRestarted?: boolean;
  /** Whether it can be taken back, and what that costs. @default 'works' */
  readonly down?: 'works' | 'missing' | 'loses rows';
  /** What becomes of the run that applies it. @default 'works' */
  readonly up?: 'works' | 'fails' | 'hangs';
  /** The same on the live database, where that is another story than on a copy. @default as `up` */
  readonly upLive?: 'works' | 'fails' | 'hangs';
}

/** Migrations that an image brings, by plugin. */
export type Migrations = Readonly<Record<string, readonly string[]>>;

/** Migrations that a database has, by plugin: what is left of one when rows do not matter. */
type Applied = Map<string, readonly string[]>;

const live = '';
const rowsOfEach = 1000;

/** The databases of a service on one server: the live ones, and scratch copies under other prefixes. */
export class SimulatedDatabase {
  readonly #effects = new Map<string, MigrationEffect>();
  readonly #databases = new Map<string, Applied>([[live, new Map()]]);
  /** Who holds the migration lock of a plugin, by prefix and plugin; a holder that is gone leaves it. */
  readonly #locks = new Map<string, () => boolean>();

  /** Teaches what a migration does, wherever it is applied. */
  teach(effects: Readonly<Record<string, MigrationEffect>>): void {
    for (const [migration, effect] of Object.entries(effects)) this.#effects.set(migration, effect);
  }

  effect(migration: string): MigrationEffect {
    return this.#effects.get(migration) ?? {};
  }

  /** What becomes of a run that applies it there. */
  up(migration: string, prefix: string): 'works' | 'fails' | 'hangs' {
    const { up = 'works', upLive = up } = this.effect(migration);
    return prefix === live ? upLive : up;
  }

  /** Prefixes of the copies that are there. */
  copies(): string[] {
    return [...this.#databases.keys()].filter((prefix) => prefix !== live);
  }

  /** What the live database, or a copy, has of a plugin. */
  applied(plugin: string, prefix: string = live): readonly string[] {
    return this.#databases.get(prefix)?.get(plugin) ?? [];
  }

  plugins(prefix: string = live): string[] {
    return [...(this.#databases.get(prefix)?.keys() ?? [])];
  }

  set(plugin: string, migrations: readonly string[], prefix: string = live): void {
    const database = this.#databases.get(prefix);
    if (database === undefined) throw new Error(`There is no database ${prefix}.`);
    database.set(plugin, migrations);
  }

  /** @returns how many rows were copied */
  copy(prefix: string): number {
    const source = this.#databases.get(live) ?? new Map<string, readonly string[]>();
    this.#databases.set(prefix, new Map(source));
    return rowsOfEach * source.size;
  }

  /** Drops all copies whose prefix begins so. */
  drop(prefix: string): void {
    for (const name of this.copies()) if (name.startsWith(prefix)) this.#databases.delete(name);
  }

  /** @param alive whether who holds it still runs */
  lock(plugin: string, prefix: string, alive: () => boolean): void {
    this.#locks.set(`${prefix} ${plugin}`, alive);
  }

  /** Given back by whoever held it. */
  release(plugin: string, prefix: string): void {
    this.#locks.delete(`${prefix} ${plugin}`);
  }

  lockOf(plugin: string, prefix: string): 'free' | 'held' | 'abandoned' {
    const alive = this.#locks.get(`${prefix} ${plugin}`);
    if (alive === undefined) return 'free';
    return alive() ? 'held' : 'abandoned';
  }

  /** Whether a version that knows these migrations works on the database, `started` when it had only those others. */
  serves(known: Migrations, prefix: string, started: ReadonlyMap<string, readonly string[]>): boolean {
    const database = this.#databases.get(prefix);
    if (database === undefined) return false;
    return [...new Set([...database.keys(), ...Object.keys(known)])].every((plugin) => {
      const own = known[plugin] ?? [];
      const there = database.get(plugin) ?? [];
      const strange = there.filter((migration) => !own.includes(migration));
      const before = started.get(plugin) ?? [];
      return (
        own.every((migration) => there.includes(migration)) &&
        strange.every((migration) =>
          before.includes(migration)
            ? this.effect(migration).breaksRestarted !== true
            : this.effect(migration).breaksRunning !== true,
        )
      );
    });
  }

  /** What a task finds when it starts. */
  snapshot(prefix: string): ReadonlyMap<string, readonly string[]> {
    return new Map(this.#databases.get(prefix) ?? []);
  }
}
