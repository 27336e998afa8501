const COMMON = `  --json            one line of JSON on standard output
  --config FILE     as the backend takes it, once for each file that it takes (default: app-config.yaml,
                    app-config.local.yaml, and those of BACKSTAGE_ENV)`;

/** How long a command waits when it is not told, in seconds. */
export const WAIT_S = 120;

/** Longer, since it waits for a statement too; and yet it has to answer before a task of a few minutes is killed. */
export const UNLOCK_WAIT_S = 300;

const WAIT = `  --wait SECONDS    how long to wait for another run (default: ${WAIT_S})`;

export const USAGE = `Usage: backstage-schema <command> [options], from the root of a Backstage app

  status            what is applied, pending and unknown to this image, by plugin
  up                apply everything that is pending, once
  manifest          what this image contains, by plugin
  down              take back what another image's manifest lacks, newest first
  unlock            free what a killed migration left locked
  fingerprint       a digest of the schema that is there, by plugin
  copy              copy the databases aside, under another prefix
  drop              drop such a copy

${COMMON}
  --help            with a command: what it does, and its options

Exit status: 0 done, 1 refused or failed, 2 wrong command line`;

/** One text for each command; their names are the commands that there are. */
export const COMMAND_USAGE: Readonly<Record<string, string>> = {
  status: `Usage: backstage-schema status [options]

Tells what is applied, pending and unknown to this image, by plugin. Changes nothing.

${COMMON}`,

  up: `Usage: backstage-schema up [options]

Applies everything that is pending, once, under one advisory lock. Creates databases that are missing.

${COMMON}
${WAIT}
  --free-locks      free what a killed run left locked; only when no backend migrates by itself
  --dry-run         tell what is pending, and whether it would be refused; change nothing`,

  manifest: `Usage: backstage-schema manifest [options]

Tells which migrations this image contains, by plugin. Asks no database.

${COMMON}`,

  down: `Usage: backstage-schema down --to MANIFEST [options], with the image that brought the migrations

Takes back exactly the migrations that the manifest lacks, newest first, each in a transaction of its own, under the
advisory lock of up. Takes back nothing when one of them cannot be: no "down", or no such file in this image. Tells which
rows and values went with the tables and columns, and has the catalog take up again what came in meanwhile.

  --to MANIFEST     what "backstage-schema manifest --json" of the other image wrote: a file, - for standard input,
                    or the JSON itself, as it is or as gzip in base64
  --dry-run         print the plan, change nothing
  --whole-sets      also what belongs to plugins and modules that the manifest does not have at all; without it their
                    tables and rows stay, for the other image never looks at them
${COMMON}
${WAIT}`,

  unlock: `Usage: backstage-schema unlock [options]

Frees Knex's locks whose holders are provably gone: a run of this tool that has no session left, or, where a backend
migrated by itself, when nobody at all is connected to the database. Says who else may hold a lock otherwise.
A run that was killed leaves its last statement to the server, which goes on with it: unlock waits for that.

  --dry-run         tell what would be freed as things are now
${COMMON}
  --wait SECONDS    how long to wait for another run and for such a statement, together (default: ${UNLOCK_WAIT_S})`,

  fingerprint: `Usage: backstage-schema fingerprint [options]

Digests the schema that is there, by plugin: tables, columns, types, indexes, constraints, and what else migrations
make. Equal schemas have equal digests, in whatever order and under whatever prefix they were made. Changes nothing.

  --details         one line for each object, to compare with diff
${COMMON}`,

  copy: `Usage: backstage-schema copy --prefix PREFIX [options]

Copies the plugins' databases into new ones under another prefix: the schema by this image's migrations, as far as they
have run, then all rows, streamed, each database as it was at one moment. Tells where the live schema has drifted.

  --prefix PREFIX   of the new databases, such as scratch_42_
  --dry-run         tell what would be copied, by the planner's estimate
${COMMON}
${WAIT}`,

  drop: `Usage: backstage-schema drop --prefix PREFIX | --older-than HOURS [options]

Drops the databases that copy has made, whoever is connected to them, and nothing else: those whose names begin with the
prefix; or, without one, all copies of this Backstage's databases that are old enough.

  --prefix PREFIX   as copy was given it, or what several begin with
  --older-than HOURS
                    leave alone what may still be in use; with a prefix, both must be true
  --dry-run         tell what would be dropped
${COMMON}`,
};
