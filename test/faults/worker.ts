import { Assembly } from '../../local/deploy/assembly.ts';
import type { Cell } from './play.ts';
import { Player } from './player.ts';

// A process of its own for each core: gets cells by message, answers each with a verdict.
const player = new Player(new Assembly(process.argv[2] ?? ''));
process.on('message', (cell: Cell) => {
  void player.judge(cell).then((verdict) => process.send?.(verdict));
});
