import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { environmentNames } from '../../lambda/domain/names.ts';
import { environmentConfig } from '../../lib/config/config.ts';
import { RestoreAccount } from './account.ts';
import { restore } from './restore.ts';

const usage = `Usage: npm run restore -- ENVIRONMENT SERVICE --snapshot ID [--dry-run]

Puts a snapshot of the database in the place of the live one: docs/restore.md.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { snapshot: { type: 'string' }, 'dry-run': { type: 'boolean', default: false }, help: { type: 'boolean' } },
});
const [environment, service] = positionals;
if (values.help || environment === undefined || service === undefined || values.snapshot === undefined) {
  process.stdout.write(`${usage}\n`);
  process.exit(values.help ? 0 : 2);
}
const { region } = environmentConfig(environment);
const { prefix, cluster, ledgerTable } = environmentNames(environment);
process.env['AWS_REGION'] = region;
const { readLock } = await import('../../lambda/aws/lock.ts');
const { holder } = await readLock(ledgerTable, service);
if (holder !== undefined && !values['dry-run']) {
  process.stderr.write(`Release ${holder.release} of ${service} is under way. Wait for its end, or cancel it.\n`);
  process.exit(1);
}
await restore({
  account: new RestoreAccount({ region }, { cluster, name: service }),
  instance: prefix,
  snapshot: values.snapshot,
  dryRun: values['dry-run'],
  tell: (line) => process.stdout.write(`${new Date().toISOString()} ${line}\n`),
  sleep: (seconds) => sleep(seconds * 1000),
  now: () => Date.now(),
});
