import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ScaledClock } from '../local/clock/scaled-clock.ts';
import { Assembly } from '../local/deploy/assembly.ts';
import { behaviours } from '../local/simulation/behaviours.ts';
import { openSimulatedCloud } from '../local/simulation/simulated-cloud.ts';

// node localstack/stage.ts [--port N] [--host ADDRESS]: what LocalStack's free edition lacks (CodeDeploy, ECS, load
// balancers, …), in real time and with simulated tasks, until it is told to end. Prints its endpoint when it is ready.
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, host: { type: 'string', default: '127.0.0.1' } },
});
const folder = mkdtempSync(join(tmpdir(), 'understudy-beside-localstack-'));
const remove = () => rmSync(folder, { recursive: true, force: true });
process.once('exit', remove);

const script = join(import.meta.dirname, '../local/synthesize.ts');
await promisify(execFile)(process.execPath, [script, 'local', join(folder, 'cdk.out')]);
const clock = new ScaledClock(1);
const stage = await openSimulatedCloud({
  clock,
  hold: () => () => undefined,
  assembly: new Assembly(join(folder, 'cdk.out')),
  folder,
  listen: { port: Number(values.port), host: values.host },
});
stage.push('v1', 'good');
stage.push('v2', 'good');
for (const behaviour of behaviours.filter((each) => each !== 'good')) stage.push(behaviour, behaviour);

const end = () => {
  clock.close();
  void stage.cloud.close().then(() => process.exit(0));
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
// Whoever started the stage as its child is gone.
process.once('disconnect', end);

while (!stage.isSteady()) await new Promise((resolve) => setTimeout(resolve, 200));
console.log(JSON.stringify({ endpoint: stage.cloud.endpointUrl }));
