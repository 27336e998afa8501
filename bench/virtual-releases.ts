import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assembly } from '../local/deploy/assembly.ts';
import { openVirtualStage } from '../local/simulation/virtual-stage.ts';

// npm run bench: how much faster than AWS's clock whole releases pass in virtual time, and how that compares
// with the first one, whose functions start cold.
const releases = 10;
const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'));

interface Measured {
  readonly stageSeconds: number;
  readonly seconds: number;
  readonly events: number;
}

async function measure(): Promise<readonly Measured[]> {
  execFileSync(process.execPath, [join(import.meta.dirname, '../local/synthesize.ts'), 'local', folder]);
  const stage = await openVirtualStage(new Assembly(folder));
  const measured: Measured[] = [];
  try {
    for (let sequence = 1; sequence <= releases; sequence += 1) {
      stage.push(`v${sequence}`, 'good');
      const [stageStart, start] = [stage.clock.now(), performance.now()];
      const execution = stage.start(`release-${sequence}`, {
        image: `v${sequence}`,
        version: `1.${sequence}.0`,
        sequence,
        policy: 'feature',
      });
      await stage.finish(execution);
      if (execution.status !== 'SUCCEEDED') throw new Error(`release-${sequence} ended ${execution.status}.`);
      measured.push({
        stageSeconds: (stage.clock.now() - stageStart) / 1000,
        seconds: (performance.now() - start) / 1000,
        events: execution.history.events.length,
      });
    }
  } finally {
    await stage.close();
  }
  return measured;
}

try {
  const [first, ...warm] = await measure();
  if (first === undefined) throw new Error('Nothing was measured.');
  const median = warm.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(warm.length / 2)] ?? first;
  const line = (name: string, { stageSeconds, seconds, events }: Measured) =>
    `${name}  ${stageSeconds.toFixed(0)} s of stage time in ${seconds.toFixed(2)} s: ${(stageSeconds / seconds).toFixed(0)} times faster, ${events} history events`;
  console.log(line('first release, functions cold', first));
  console.log(line(`median of the next ${warm.length}        `, median));
  console.log(`cold against warm              ${(first.seconds / median.seconds).toFixed(1)} times as long`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
