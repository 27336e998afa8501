import type { FaultName } from './faults.ts';
import type { Cell } from './play.ts';
import type { Scenario } from './scenarios.ts';
import type { RecordedCall } from './stage/disturber.ts';

/** Every fault at every call of a clean run. */
export function cellsOf(scenario: Scenario, calls: readonly RecordedCall[], names: readonly FaultName[]): Cell[] {
  return calls.flatMap((at) => names.map((fault): Cell => ({ scenario, strike: { at, fault } })));
}

/** Where a fault of another kind is paired with what goes wrong anyway. */
export function firstOfEachState(calls: readonly RecordedCall[]): RecordedCall[] {
  return calls.filter(({ nth }) => nth === 1);
}

const starting: ReadonlySet<string> = new Set(['ecs:RunTask', 'rds:CreateDBSnapshot']);

/**
 * Where a release that changes the schema is struck: in these states, at the first call and the last, at every one
 * that starts something, and at the first and the last that stops something. The looks between are all alike.
 */
export function turnsOf(calls: readonly RecordedCall[], states: readonly string[]): RecordedCall[] {
  return states.flatMap((state) => {
    const own = calls.filter((call) => call.state === state);
    const stops = own.filter(({ operation }) => operation === 'ecs:StopTask');
    const ends = new Set([own[0], own.at(-1), stops[0], stops.at(-1)]);
    return own.filter((call) => ends.has(call) || starting.has(call.operation));
  });
}

/** As it is written on the command line: `good/Shift#4/lost`. */
export function nameOf({ scenario, strike }: Cell): string {
  return strike === undefined ? scenario : `${scenario}/${strike.at.state}#${strike.at.nth}/${strike.fault}`;
}
