import { type Rehearsal, type RehearsalTask, type RehearsalTaskName, taskOf } from './record.ts';

/** What of a rehearsal the service's schema tool makes possible. */
export interface Possible {
  /** It tells an image's migrations, and takes back what another image's lack. */
  readonly down: boolean;
}

/** Each of these has to go well, or the rest would prove nothing: then the copy is dropped. */
const course = ['blue', 'migrate', 'green'] as const satisfies readonly RehearsalTaskName[];
/** Each of these answers a question, whatever the answer is. */
const questions = ['running-blue', 'restarted-blue'] as const satisfies readonly RehearsalTaskName[];

/**
 * Which task a rehearsal starts, or looks after, next; null when it is over. It is told from what has
 * ended so far alone, so that a state that is entered again goes on where it was.
 */
export function nextTask(rehearsal: Rehearsal, possible: Possible): RehearsalTaskName | null {
  const open = rehearsal.tasks.find((task) => task.endedAt === null);
  if (open !== undefined) return open.name;
  const seen = (name: RehearsalTaskName) => taskOf(rehearsal, name) !== undefined;
  const ok = (name: RehearsalTaskName) => taskOf(rehearsal, name)?.ok === true;

  if (rehearsal.scratch === null) {
    if (!seen('live')) return 'live';
    return possible.down && ok('live') && !seen('manifest') ? 'manifest' : null;
  }
  if (seen('drop')) return null;
  if (possible.down && !seen('manifest')) return 'manifest';
  if (!seen('copy')) return 'copy';
  if (!ok('copy') && !seen('copy-by-green') && refusedByImage(taskOf(rehearsal, 'copy'))) return 'copy-by-green';
  if (!ok('copy') && !ok('copy-by-green')) return 'drop';
  for (const name of course) {
    if (!seen(name)) return name;
    if (!ok(name)) return 'drop';
  }
  for (const name of questions) if (!seen(name)) return name;
  if (possible.down && ok('manifest')) {
    if (!seen('down')) return 'down';
    if (ok('down') && !seen('unwound-blue')) return 'unwound-blue';
  }
  return 'drop';
}

/**
 * Blue's image does not copy a database that has run migrations it does not know, or cannot place; green's may. What
 * else fails would fail again, beside what the first copy has left: such as a disk that is full.
 */
function refusedByImage(copy: RehearsalTask | undefined): boolean {
  return copy?.error === 'diverged' || copy?.error === 'unplaced';
}
