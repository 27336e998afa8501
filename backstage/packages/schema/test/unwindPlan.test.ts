import type { Manifest } from '../src/manifest';
import { planSet } from '../src/plan';
import type { MigrationSet } from '../src/types';
import { planUnwind, unwindRefusal } from '../src/unwindPlan';

const setOf = (plugin: string, table = 'knex_migrations'): MigrationSet => ({
  plugin,
  package: `plugin-${plugin}`,
  directory: '/d',
  table,
});
const manifest = (sets: Record<string, string[]>, unplaced: Manifest['unplaced'] = []): Manifest => ({
  ok: true,
  format: 1,
  plugins: Object.entries(sets).map(([plugin, migrations]) => ({
    plugin,
    sets: [{ package: 'whatever', table: 'knex_migrations', migrations }],
  })),
  unplaced,
});
const has = (plugin: string, files: string[], applied: string[], locked = false) =>
  planSet(setOf(plugin), files, { applied, locked });
const names = (plans: ReturnType<typeof has>[], to: Manifest, wholeSets = false) => {
  const { due, kept } = planUnwind(plans, to, wholeSets);
  const view = (list: typeof due) => list.map(({ set, migrations }) => [set.plugin, ...migrations].join(' '));
  return { due: view(due), kept: view(kept) };
};

describe('planUnwind', () => {
  it('takes back what the manifest lacks, newest first, and the last plugin first', () => {
    const plans = [has('app', ['1', '2'], ['1', '2']), has('catalog', ['1', '2', '3'], ['1', '2', '3'])];
    expect(names(plans, manifest({ app: ['1'], catalog: ['1'] })).due).toEqual(['catalog 3 2', 'app 2']);
  });

  it('has nothing to do for an image that knows everything, even more', () => {
    expect(names([has('app', ['1'], ['1'])], manifest({ app: ['1', '2'] }))).toEqual({ due: [], kept: [] });
  });

  it('goes by the order in which migrations ran, not by their names', () => {
    expect(names([has('app', ['1', '2', '3'], ['1', '3', '2'])], manifest({ app: ['1'] })).due).toEqual(['app 2 3']);
  });

  it('names once what was recorded twice, in the order of the first records', () => {
    const plans = [has('app', ['1', '2', '3'], ['1', '2', '3', '2', '1'])];
    expect(names(plans, manifest({ app: ['1'] })).due).toEqual(['app 3 2']);
  });

  it('leaves what is pending alone: it was never applied', () => {
    expect(names([has('app', ['1', '2', '3'], ['1', '2'])], manifest({ app: ['1'] })).due).toEqual(['app 2']);
  });

  it('keeps the tables of a plugin that the other image does not have, unless told otherwise', () => {
    const plans = [has('app', ['1'], ['1']), has('novel', ['1', '2'], ['1', '2'])];
    expect(names(plans, manifest({ app: ['1'] }))).toEqual({ due: [], kept: ['novel 2 1'] });
    expect(names(plans, manifest({ app: ['1'] }), true)).toEqual({ due: ['novel 2 1'], kept: [] });
  });

  it('tells apart the sets of one plugin by their tables, whatever package brings them', () => {
    const core = planSet(setOf('app', 'core'), ['a', 'b'], { applied: ['a', 'b'], locked: false });
    const to: Manifest = {
      ...manifest({}),
      plugins: [{ plugin: 'app', sets: [{ package: 'renamed', table: 'core', migrations: ['a'] }] }],
    };
    expect(names([core], to).due).toEqual(['app b']);
  });
});

describe('unwindRefusal', () => {
  const refuse = (plans: ReturnType<typeof has>[], to: Manifest, oneWay: string[] = []) =>
    unwindRefusal(planUnwind(plans, to, false), [], to, (_set, name) => !oneWay.includes(name));
  const to = manifest({ app: ['1'] });

  it('lets the way back pass', () => {
    expect(refuse([has('app', ['1', '2'], ['1', '2'])], to)).toBeUndefined();
  });

  it('refuses what neither image knows, but not what only the other one knows', () => {
    const error = refuse([has('app', ['1'], ['1', '2'])], to);
    expect(error).toMatchObject({ kind: 'diverged', culprit: { plugin: 'app', migration: '2' } });
    expect(refuse([has('app', [], ['1'])], to)).toBeUndefined();
  });

  it('names every migration that has no way back', () => {
    const error = refuse([has('app', ['1', '2', '3'], ['1', '2', '3'])], to, ['1', '2', '3']);
    expect(error).toMatchObject({ kind: 'irreversible', culprit: { package: 'plugin-app', migration: '3' } });
    expect(error?.message).toContain('3, 2 in');
  });

  it("refuses while Knex's lock is held, but only where something is taken back", () => {
    expect(refuse([has('app', ['1', '2'], ['1', '2'], true)], to)).toMatchObject({ kind: 'locked' });
    expect(refuse([has('app', ['1'], ['1'], true)], to)).toBeUndefined();
  });

  it('refuses when either image has migrations that cannot be placed', () => {
    const odd = [{ package: 'plugin-odd', reason: 'is odd' }];
    const plan = planUnwind([], to, false);
    expect(unwindRefusal(plan, odd, to, () => true)).toMatchObject({ kind: 'unplaced' });
    const error = unwindRefusal(plan, [], manifest({ app: ['1'] }, odd), () => true);
    expect(error?.message).toContain("The manifest's image cannot place all migrations: plugin-odd is odd");
  });
});
