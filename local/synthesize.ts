import { synthesize } from '../lib/synthesis.ts';

// node local/synthesize.ts ENVIRONMENT FOLDER: a process of its own, because the CDK takes 300 MB that the stage does not need again.
const [environment, folder] = process.argv.slice(2);
if (environment === undefined || folder === undefined) throw new Error('Give an environment and a folder.');
synthesize(environment, folder);
