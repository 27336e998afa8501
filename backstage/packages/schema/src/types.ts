/** One folder of migrations, and the table in one plugin's database that records which of them have run. */
export interface MigrationSet {
  readonly plugin: string;
  readonly package: string;
  readonly directory: string;
  readonly table: string;
}

/** Migrations that an installed package brings, for which no plugin, folder or table could be told. */
export interface Unplaced {
  readonly package: string;
  readonly reason: string;
}

/** What the database records of a set. */
export interface SetState {
  readonly applied: readonly string[];
  /** Knex's own lock: a migration is running, or was killed while it ran. */
  readonly locked: boolean;
}

export interface SetPlan {
  readonly set: MigrationSet;
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Recorded in the database, but not among this image's files: a newer image has been here. */
  readonly unknown: readonly string[];
  readonly locked: boolean;
}
