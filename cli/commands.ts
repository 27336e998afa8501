import type { Command } from './command.ts';
import { history } from './commands/history.ts';
import { plan, rehearse, start } from './commands/start.ts';
import { watch } from './commands/watch.ts';

/** In the order in which they are told. */
export const commands: readonly Command[] = [start, plan, rehearse, watch, history];
