import { ConfigError, environmentNamesAllowed } from '../lib/config/config.ts';
import { synthesize } from '../lib/synthesis.ts';

// node bin/synth.ts [environment …]: the templates of each, or of all, in cdk.out/<environment>. No AWS account needed.
const given = process.argv.slice(2);
try {
  for (const environment of given.length > 0 ? given : environmentNamesAllowed) {
    const started = performance.now();
    const { directory, stacks } = synthesize(environment);
    const took = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${environment}: ${stacks.length} stacks in ${took} s, in ${directory}`);
    for (const stack of stacks) console.log(`  ${stack.stackName}`);
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
