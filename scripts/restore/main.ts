import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { environmentNames } from '../../lambda/domain/names.ts';
import { environmentConfig } from '../../lib/config/config.ts';
import { RestoreAccount } from './account.ts';
import { restore } from './restore.ts';
import { databaseUsers, releasesUnderWay } from './users.ts';

const usage = `Usage: npm run restore -- ENVIRONMENT SERVICE --snapshot ID [--dry-run]

Puts a snapshot of the database in the place of the live one, for SERVICE and every other service of the environment
that has its data in it: docs/restore.md.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { snapshot: { type: 'string' }, 'dry-run': { type: 'boolean', default: false }, help: { type: 'boolean' } },
});
const [environment, service] = positionals;
if (values.help || environment === undefined || service === undefined || values.snapshot === undefined) {
  process.stdout.write(`${usage}\n`);
  process.exit(values.help ? 0 : 2);
}
const { region, services } = environmentConfig(environment);
const users = databaseUsers(services);
if (!users.includes(service)) {
  process.stderr.write(`${service} has no data in the database of ${environment}. Give one of: ${users.join(', ')}.\n`);
  process.exit(2);
}
const { prefix, cluster, ledgerTable } = environmentNames(environment);
process.env['AWS_REGION'] = region;
const { readLock } = await import('../../lambda/aws/lock.ts');
try {
  await restore({
    account: new RestoreAccount({ region }, cluster, users),
    instance: prefix,
    snapshot: values.snapshot,
    dryRun: values['dry-run'],
    underWay: () => releasesUnderWay(users, (user) => readLock(ledgerTable, user)),
    tell: (line) => process.stdout.write(`${new Date().toISOString()} ${line}\n`),
    sleep: (seconds) => sleep(seconds * 1000),
    now: () => Date.now(),
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
