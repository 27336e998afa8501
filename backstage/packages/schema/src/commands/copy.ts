import type { Knex } from 'knex';
import type { App } from '../app';
import { applySet } from '../apply';
import { Pace, transactionsOfOthers } from '../copy/pace';
import { rangesOf } from '../copy/ranges';
import { claimScratch, livePrefix, scratchDatabases, scratchPrefix } from '../copy/scratch';
import { type Copied, connectionOf, streamCopy } from '../copy/stream';
import { common, copySequences, suspendChecks, type Table, tablesOf } from '../copy/tables';
import { type Databases, readOnly } from '../databases';
import { SchemaLock } from '../lock';
import { log } from '../log';
import { readPlans } from '../readPlans';
import { type Culprit, SchemaError, type SchemaErrorKind, toSchemaError } from '../SchemaError';
import type { SetPlan } from '../types';
import { describeSchema } from './fingerprint';

export interface CopyOptions {
  readonly prefix: string;
  readonly dryRun: boolean;
  readonly waitMs: number;
  readonly interrupted: () => boolean;
}

export interface CopiedPlugin {
  readonly plugin: string;
  readonly tables: number;
  readonly rows: number;
  /** As COPY's binary format has it; in a dry run the tables' size on disk. */
  readonly bytes: number;
  readonly ms: number;
  /** Where the live schema is not what its migrations make: lines of the fingerprint. */
  readonly drift: { readonly onlyLive: readonly string[]; readonly onlyCopy: readonly string[] };
}

export interface CopyReport {
  readonly ok: boolean;
  readonly ms: number;
  readonly dryRun: boolean;
  readonly rows: number;
  readonly bytes: number;
  readonly plugins: readonly CopiedPlugin[];
  readonly error?: Culprit & { readonly kind: SchemaErrorKind; readonly message: string };
}

export async function copy(app: App, options: CopyOptions): Promise<CopyReport> {
  const startedAt = performance.now();
  const plugins: CopiedPlugin[] = [];
  const report = (ok: boolean) => ({
    ok,
    ms: Math.round(performance.now() - startedAt),
    dryRun: options.dryRun,
    rows: plugins.reduce((sum, p) => sum + p.rows, 0),
    bytes: plugins.reduce((sum, p) => sum + p.bytes, 0),
    plugins,
  });
  const live = readOnly(app.config);
  const lock = new SchemaLock(app.config);
  try {
    const of = livePrefix(app.config);
    const scratch = scratchDatabases(app.config, scratchPrefix(app.config, options.prefix), true);
    try {
      // Nobody may migrate while it is copied; a plan alone need not wait for anybody.
      if (!options.dryRun) await lock.acquire(options.waitMs);
      const plans = await readPlans(live, app.sets);
      refuse(app, plans);
      for (const plugin of new Set(plans.map((plan) => plan.set.plugin))) {
        if (options.interrupted()) throw new SchemaError('interrupted', 'Told to stop: drop what is there of the copy');
        const own = plans.filter((plan) => plan.set.plugin === plugin && plan.applied.length > 0);
        if (own.length === 0) continue;
        plugins.push(
          options.dryRun
            ? await estimate(plugin, await live.of(plugin))
            : await copyPlugin(plugin, own, live, scratch, of),
        );
      }
    } finally {
      await scratch.close();
    }
    return report(true);
  } catch (error) {
    const { kind, message, culprit } = toSchemaError(error);
    return { ...report(false), error: { kind, message, ...culprit } };
  } finally {
    await Promise.all([live.close(), lock.close()]);
  }
}

function refuse({ unplaced }: App, plans: readonly SetPlan[]): void {
  const [stranger] = unplaced;
  if (stranger) {
    throw new SchemaError('unplaced', `Cannot place all migrations: ${stranger.package} ${stranger.reason}`, {
      package: stranger.package,
    });
  }
  const strange = plans.find((plan) => plan.unknown.length > 0);
  if (strange) {
    const { plugin, package: name } = strange.set;
    throw new SchemaError(
      'diverged',
      `The database of ${plugin} has run ${strange.unknown.join(', ')}, which ${name} of this image does not know: copy ` +
        'with the image that does',
      { plugin, package: name },
    );
  }
}

/** As the planner knows it, without reading the rows: a table that was never analysed counts nothing. */
async function estimate(plugin: string, knex: Knex): Promise<CopiedPlugin> {
  const { rows } = await knex.raw<{ rows: { tables: number; rows: string; bytes: string }[] }>(
    `select count(*)::int as tables, coalesce(sum(greatest(reltuples, 0)), 0)::bigint as rows,
       coalesce(sum(pg_table_size(oid)), 0)::bigint as bytes
     from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'`,
  );
  const [found] = rows;
  return {
    plugin,
    tables: found?.tables ?? 0,
    rows: Number(found?.rows),
    bytes: Number(found?.bytes),
    ms: 0,
    drift: { onlyLive: [], onlyCopy: [] },
  };
}

async function copyPlugin(
  plugin: string,
  plans: readonly SetPlan[],
  live: Databases,
  scratch: Databases,
  of: string,
): Promise<CopiedPlugin> {
  const startedAt = performance.now();
  const [source, target] = [await live.of(plugin), await scratch.of(plugin)];
  const pace = new Pace(() => transactionsOfOthers(target));
  await claimScratch(plugin, source, target, of);
  for (const plan of plans) await applySet(target, { ...plan, pending: plan.applied }, plan.applied.toSorted());

  const resumeChecks = await suspendChecks(target);
  const locks = plans.map((plan) => `${plan.set.table}_lock`);
  const tables = await source.transaction(
    async (snapshot) => {
      const both = common(await tablesOf(snapshot), await tablesOf(target), locks);
      // One transaction: a commit after each piece would wait for the disk each time.
      const copied = await target.transaction((copying) => copyRows(both, snapshot, copying, pace));
      await copySequences(snapshot, target);
      return { tables: both.length, ...copied };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
  await resumeChecks();
  const [there, here] = [await describeSchema(source), await describeSchema(target)];
  const drift = {
    onlyLive: there.filter((line) => !here.includes(line)),
    onlyCopy: here.filter((line) => !there.includes(line)),
  };
  const ms = Math.round(performance.now() - startedAt);
  log(`${plugin}: ${tables.rows} rows of ${tables.tables} tables copied in ${ms} ms`);
  return { plugin, ...tables, ms, drift };
}

/** All tables are read in the one transaction, and so as they were at one moment. */
async function copyRows(tables: readonly Table[], snapshot: Knex, copying: Knex, pace: Pace): Promise<Copied> {
  // Only: those that inherit from a table are among the tables themselves, and so are partitions.
  await copying.raw(`truncate ${tables.map(({ name }) => `only ${name}`).join(', ')}`);
  const [source, target] = [await connectionOf(snapshot), await connectionOf(copying)];
  let [rows, bytes] = [0, 0];
  for (const { name, columns } of tables) {
    const list = columns.join(', ');
    await pace.atEase(await rangesOf(snapshot, name), async (range) => {
      const copied = await streamCopy(
        source,
        `copy (select ${list} from only ${name} where ${range}) to stdout (format binary)`,
        target,
        // Frozen: nobody has to come back to the rows, to note that they were committed.
        `copy ${name} (${list}) from stdin (format binary, freeze)`,
      );
      rows += copied.rows;
      bytes += copied.bytes;
    });
  }
  return { rows, bytes };
}
