import type { App } from '../app';
import { byPlugin } from '../byPlugin';
import { migrationFiles } from '../files';
import { MANIFEST_FORMAT, type Manifest } from '../manifest';

/** Reads the image alone: no database is asked. */
export function manifest({ sets, unplaced }: App): Manifest {
  const plugins = byPlugin(
    sets,
    (set) => set.plugin,
    (set) => ({ package: set.package, table: set.table, migrations: migrationFiles(set.directory) }),
  );
  return { ok: true, format: MANIFEST_FORMAT, plugins, unplaced };
}
