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
const underWay = await releasesUnderWay(users, (user) => readLock(ledgerTable, user));
if (underWay.length > 0 && !values['dry-run']) {
  const releases = underWay.map((each) => `${each.release} of ${each.service}`).join(', ');
  process.stderr.write(`These releases are under way: ${releases}. Wait for their end, or cancel them.\n`);
  process.exit(1);
}
await restore({
  account: new RestoreAccount({ region }, cluster, users),
  instance: prefix,
  snapshot: values.snapshot,
  dryRun: values['dry-run'],
  tell: (line) => process.stdout.write(`${new Date().toISOString()} ${line}\n`),
  sleep: (seconds) => sleep(seconds * 1000),
  now: () => Date.now(),
});
