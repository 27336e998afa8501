import type { SchemaTool } from '../service.ts';
import type { RehearsalTaskName } from './record.ts';

/** A command of the image's schema tool, run to its end. */
export interface ToolTask {
  readonly runs: keyof SchemaTool & ('manifest' | 'copy' | 'up' | 'down' | 'drop');
  readonly image: 'blue' | 'green';
  /** Whether the tool is to take the scratch copy for the database; else it is told of it in its command. */
  readonly onScratch: boolean;
}

/** The image as it serves, started, probed, and stopped. */
export interface ServingTask {
  readonly runs: 'service';
  readonly image: 'blue' | 'green';
  readonly onScratch: boolean;
  /** Whose running task is asked, instead of a new one. */
  readonly again?: RehearsalTaskName;
  /** Whether it goes on running when it has answered. */
  readonly stays: boolean;
}

export const rehearsalTasks: Readonly<Record<RehearsalTaskName, ToolTask | ServingTask>> = {
  live: { runs: 'service', image: 'blue', onScratch: false, stays: false },
  manifest: { runs: 'manifest', image: 'blue', onScratch: false },
  copy: { runs: 'copy', image: 'blue', onScratch: false },
  'copy-by-green': { runs: 'copy', image: 'green', onScratch: false },
  blue: { runs: 'service', image: 'blue', onScratch: true, stays: true },
  migrate: { runs: 'up', image: 'green', onScratch: true },
  green: { runs: 'service', image: 'green', onScratch: true, stays: true },
  'running-blue': { runs: 'service', image: 'blue', onScratch: true, again: 'blue', stays: false },
  'restarted-blue': { runs: 'service', image: 'blue', onScratch: true, stays: false },
  down: { runs: 'down', image: 'green', onScratch: true },
  'unwound-blue': { runs: 'service', image: 'blue', onScratch: true, stays: false },
  drop: { runs: 'drop', image: 'green', onScratch: false },
};

/** Tasks that may still run when one is started, and must not. */
export const stoppedBefore: Readonly<Partial<Record<RehearsalTaskName, readonly RehearsalTaskName[]>>> = {
  'restarted-blue': ['blue', 'green'],
  drop: ['copy', 'copy-by-green', 'blue', 'migrate', 'green', 'restarted-blue', 'down', 'unwound-blue'],
};
