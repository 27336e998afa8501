import type { ReleaseView } from './release-view.ts';
import { clock } from './words.ts';

/** What a release of this request would do, as far as the states that ran have found out. */
export function plan({ schema, request, description, image, blue, rehearsal }: ReleaseView): string[] {
  const bakeSeconds = description?.policies[request?.policy ?? '']?.bakeSeconds;
  const migrations = schema.pending.flatMap(({ plugin, migrations: names }) =>
    names.map((name) => `${plugin}: ${name}`),
  );
  return [
    '',
    `  Image       ${request?.version ?? '?'}, ${image?.digest ?? 'unknown digest'}`,
    `  Serves now  ${blue?.bootstrap ? 'the bootstrap image' : (blue?.version ?? 'a version that the ledger does not know')}`,
    ...(migrations.length === 0
      ? ['  Migrations  none pending']
      : [
          `  Migrations  ${migrations.length} pending, run once before the new version starts:`,
          ...migrations.map((each) => `                ${each}`),
        ]),
    ...(rehearsal === null ? [] : [`  Rehearsal   ${rehearsal.verdict ?? 'no verdict'}: ${rehearsal.reason}`]),
    `  Then        green on the test listener, judged; users in steps; ${bakeSeconds === undefined ? 'a bake' : `${clock(bakeSeconds)} of bake`}; the old version goes`,
  ];
}
