import { planSet, refusal } from '../src/plan';
import type { MigrationSet, SetState } from '../src/types';

const set: MigrationSet = { plugin: 'catalog', package: 'plugin-catalog', directory: '/d', table: 'knex_migrations' };
const state = (applied: string[], locked = false): SetState => ({ applied, locked });
const plan = (files: string[], applied: string[], locked = false) => planSet(set, files, state(applied, locked));

describe('planSet', () => {
  it('has everything pending on a fresh database', () => {
    expect(plan(['2', '1'], []).pending).toEqual(['1', '2']);
  });

  it('has nothing pending when all is recorded', () => {
    expect(plan(['1', '2'], ['1', '2'])).toMatchObject({ pending: [], unknown: [] });
  });

  it('finds what a newer image left behind', () => {
    expect(plan(['1'], ['1', '2'])).toMatchObject({ pending: [], unknown: ['2'] });
  });

  it('has a migration pending that was added between older ones', () => {
    expect(plan(['1', '2', '3'], ['1', '3']).pending).toEqual(['2']);
  });

  it('counts once what racing replicas recorded twice', () => {
    expect(plan(['1'], ['1', '1']).applied).toEqual(['1']);
  });
});

describe('refusal', () => {
  it('lets a plain upgrade pass', () => {
    expect(refusal([plan(['1', '2'], ['1'])], [])).toBeUndefined();
  });

  it('lets an older image pass when nothing of it is pending: that is the way back', () => {
    expect(refusal([plan(['1'], ['1', '2'])], [])).toBeUndefined();
  });

  it('refuses an image and a database that have grown apart', () => {
    const error = refusal([plan(['1', '3'], ['1', '2'])], []);
    expect(error).toMatchObject({ kind: 'diverged', culprit: { plugin: 'catalog' } });
    expect(error?.message).toContain('2');
  });

  it("refuses while Knex's lock is held, but only where something is pending", () => {
    expect(refusal([plan(['1'], [], true)], [])).toMatchObject({ kind: 'locked' });
    expect(refusal([plan(['1'], ['1'], true)], [])).toBeUndefined();
  });

  it('refuses everything when a package cannot be placed', () => {
    const error = refusal([plan(['1'], [])], [{ package: 'plugin-odd', reason: 'is odd' }]);
    expect(error).toMatchObject({ kind: 'unplaced', culprit: { package: 'plugin-odd' } });
    expect(error?.message).toContain('plugin-odd is odd');
  });
});
