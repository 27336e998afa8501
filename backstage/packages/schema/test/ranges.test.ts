import { ranges } from '../src/copy/ranges';

describe('a table in ranges of blocks', () => {
  it('has every block in one range, and the last range open', () => {
    expect([...ranges(5, 2)]).toEqual([
      "ctid >= '(0,0)' and ctid < '(2,0)'",
      "ctid >= '(2,0)' and ctid < '(4,0)'",
      "ctid >= '(4,0)'",
    ]);
    expect([...ranges(4, 2)]).toEqual(["ctid >= '(0,0)' and ctid < '(2,0)'", "ctid >= '(2,0)'"]);
  });

  it('is one open range when it is empty: it may have grown', () => {
    expect([...ranges(0, 2)]).toEqual(["ctid >= '(0,0)'"]);
  });
});
