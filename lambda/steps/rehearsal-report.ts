import type { Rehearsal } from '../domain/rehearsal/record.ts';
import type { ToolTask } from '../domain/rehearsal/tasks.ts';
import type { RegisteredRelease } from '../domain/release.ts';
import { packManifest, readCopy, readDown } from '../domain/schema-reports.ts';

export type Rehearsing = RegisteredRelease & { rehearsal: Rehearsal };

/** What a command's report adds to the release. */
export type Told = (release: Rehearsing) => Rehearsing;

/** Reads a command's report, null as long as there is none. */
type Teller = (lines: readonly string[], release: Rehearsing) => Told | null;

/** Lines of drift that the document keeps. */
const mostDrift = 20;

/** Of the commands that tell more than how they ended. */
export const tellers: Readonly<Partial<Record<ToolTask['runs'], Teller>>> = {
  manifest: (lines, { schema }) => {
    const blueManifest = packManifest(lines, schema);
    return blueManifest === null ? null : (known) => ({ ...known, schema: { ...known.schema, blueManifest } });
  },
  copy: (lines) => {
    const copied = readCopy(lines);
    return copied === null ? null : rehearsal({ ...copied, drift: copied.drift.slice(0, mostDrift) });
  },
  down: (lines) => {
    const unwound = readDown(lines);
    return unwound === null ? null : rehearsal({ rowsLost: unwound.lost ?? null });
  },
};

function rehearsal(change: Partial<Rehearsal>): Told {
  return (known) => ({ ...known, rehearsal: { ...known.rehearsal, ...change } });
}
