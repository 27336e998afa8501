import type { FaultName } from './faults.ts';
import type { Cell, Scenario } from './play.ts';
import type { RecordedCall } from './stage/disturber.ts';

/** Every fault at every call of a clean run. */
export function cellsOf(scenario: Scenario, calls: readonly RecordedCall[], names: readonly FaultName[]): Cell[] {
  return calls.flatMap((at) => names.map((fault): Cell => ({ scenario, strike: { at, fault } })));
}

/** Where a fault of another kind is paired with what goes wrong anyway. */
export function firstOfEachState(calls: readonly RecordedCall[]): RecordedCall[] {
  return calls.filter(({ nth }) => nth === 1);
}

/** As it is written on the command line: `good/Shift#4/lost`. */
export function nameOf({ scenario, strike }: Cell): string {
  return strike === undefined ? scenario : `${scenario}/${strike.at.state}#${strike.at.nth}/${strike.fault}`;
}
