import { MARK, parseMark } from '../src/copy/mark';
import { heldSince } from '../src/judgeLock';
import { discardedRows, lostRows } from '../src/rows/lostRows';

const table = (rows: number, values: Record<string, number> = {}) => ({ rows, values });

describe('what a migration and its way back have cost', () => {
  it('is nothing when rows and values are there again, whatever has come since', () => {
    const before = { orders: table(2, { id: 2, note: 1 }) };
    expect(lostRows('shop', before, { orders: table(3, { id: 3 }) }, { orders: table(3, { id: 3, note: 1 }) })).toEqual(
      [],
    );
  });

  it('is rows that are gone, with their table or without it', () => {
    const before = { orders: table(5), refunds: table(2), empty: table(0) };
    expect(lostRows('shop', before, {}, { orders: table(3) })).toEqual([
      { plugin: 'shop', table: 'orders', rows: 2 },
      { plugin: 'shop', table: 'refunds', rows: 2 },
    ]);
  });

  it('is values of a column that went and came again, and of no other: those change by themselves', () => {
    const before = { orders: table(4, { note: 3, state: 4 }) };
    const migrated = { orders: table(4, { state: 4 }) };
    expect(lostRows('shop', before, migrated, { orders: table(4, { note: 1, state: 0 }) })).toEqual([
      { plugin: 'shop', table: 'orders', column: 'note', rows: 2 },
    ]);
  });

  it('leaves out what is built anew from the rest', () => {
    expect(lostRows('catalog', { search: table(9), locations: table(1) }, {}, { locations: table(1) })).toEqual([]);
    expect(lostRows('shop', { search: table(9) }, {}, {})).toEqual([{ plugin: 'shop', table: 'search', rows: 9 }]);
  });

  it('tells what went with tables and columns of the other version', () => {
    const migrated = { orders: table(4, { id: 4, mood: 2, place: 0 }), refunds: table(3), none: table(0) };
    expect(discardedRows('shop', migrated, { orders: table(4, { id: 4 }) })).toEqual([
      { plugin: 'shop', table: 'orders', column: 'mood', rows: 2 },
      { plugin: 'shop', table: 'refunds', rows: 3 },
    ]);
  });
});

describe('the mark of a scratch copy', () => {
  it('is told from any other comment, also without what a later version writes into it', () => {
    expect(parseMark(`${MARK} {"at":"2026-11-21T00:00:00.000Z","of":"live_"}`)).toMatchObject({ of: 'live_' });
    expect(parseMark(MARK)).toEqual({});
    expect(parseMark('the production database')).toBeUndefined();
    expect(parseMark('')).toBeUndefined();
  });
});

describe('since when a lock is held', () => {
  const lock = { rows: [{ locked: true, version: '7' }], inTransaction: false, writers: [], others: [] };

  it('is nobody knows when, for Knex does not record it', () => {
    expect(heldSince(lock)).toBeUndefined();
  });

  it('is what the run says that took it, or what the server says of the row', () => {
    expect(heldSince({ ...lock, writtenAt: '2' })).toBe('2');
    expect(heldSince({ ...lock, writtenAt: '2', run: { holder: 'a', since: '1', sessions: [] } })).toBe('1');
  });

  it('is the beginning of the transaction that holds it', () => {
    const writer = { pid: 1, application: '', transactionSince: '5' };
    expect(heldSince({ ...lock, inTransaction: true, writers: [writer], writtenAt: '2' })).toBe('5');
    expect(heldSince({ ...lock, inTransaction: true, writtenAt: '2' })).toBeUndefined();
  });
});
