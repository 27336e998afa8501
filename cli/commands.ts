import type { Command } from './command.ts';
import { history } from './commands/history.ts';
import { rollback } from './commands/rollback.ts';
import { plan, rehearse, start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { approve, cancel } from './commands/tell.ts';
import { watch } from './commands/watch.ts';

/** In the order in which they are told. */
export const commands: readonly Command[] = [start, plan, rehearse, approve, cancel, rollback, status, history, watch];
