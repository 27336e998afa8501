import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { upgradeReportSchema } from './report.ts';
import { upgrade } from './upgrade.ts';

const help = `Upgrades a published Backstage release to another one, and back, with the rehearsal of the release workflow.

  npm run test:upgrade -- FROM TO     such as 1.54.0 1.55.0

  --report FILE  writes what was found as JSON
  --apps DIR     keeps the installed releases there, to be used again
  --help         this text

Any two releases that create-app names (1.41.0 and newer) can be compared. Exit status: 0 when the rehearsal came to a
verdict and the release was as it foretold, 1 when not, 2 for a wrong command line.`;

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { report: { type: 'string' }, apps: { type: 'string' }, help: { type: 'boolean', default: false } },
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function main(): Promise<number> {
  const command = read();
  if (typeof command === 'string' || command.values.help || command.positionals.length !== 2) {
    const asked = typeof command !== 'string' && command.values.help;
    console.error(typeof command === 'string' ? `${command}\n\n${help}` : help);
    return asked ? 0 : 2;
  }
  const [from = '', to = ''] = command.positionals;
  const { report: file, apps } = command.values;
  const folder = apps === undefined ? null : resolve(apps);
  if (folder !== null) mkdirSync(folder, { recursive: true });
  const report = await upgrade(from, to, folder, (line) => console.log(line));
  console.log(`${report.rowsLost} rows lost; ${report.seconds} s`);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(upgradeReportSchema.parse(report), null, 2)}\n`);
  const asForetold =
    report.release === null || (report.release.forward && report.release.back && report.rowsLost === 0);
  return asForetold ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
