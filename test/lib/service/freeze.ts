import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentConfig } from '../../../lib/config/config.ts';
import { serviceConfig } from '../../../lib/service/service-props.ts';
import { frozenTemplate } from '../frozen-template.ts';

// node test/lib/service/freeze.ts ENVIRONMENT/SERVICE: puts what the first deploy of a service will
// freeze into the snapshot. Only for a service that was never deployed to that environment.
const [key = ''] = process.argv.slice(2);
const [environment, service = ''] = key.split('/');
const config = environmentConfig(environment);
serviceConfig({ config, service });
const file = join(import.meta.dirname, 'frozen.snapshot.json');
const snapshot: unknown = JSON.parse(readFileSync(file, 'utf8'));
writeFileSync(
  file,
  `${JSON.stringify(Object.assign({}, snapshot, { [key]: frozenTemplate(config, service) }), null, 2)}\n`,
);
console.log(`Froze ${key}. Deploy it before anything else changes it.`);
