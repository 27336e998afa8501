import { describe, expect, test } from '@jest/globals';
import {
  type AlarmState,
  type MissingData,
  nextAlarmState,
  type Point,
} from '../../../local/cloudwatch/alarm-evaluation.ts';

const meaning: Readonly<Record<string, Point>> = { '0': 'fine', X: 'breaching', '-': 'missing' };

function points(row: string): Point[] {
  return row.split(' ').map((symbol) => meaning[symbol] ?? 'missing');
}

const treatments: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
/** A state that no row can produce by itself, so that "retain current state" shows. */
const retained: AlarmState = 'INSUFFICIENT_DATA';

// The tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const threeOfThree: readonly [string, ...AlarmState[]][] = [
  ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 'INSUFFICIENT_DATA', retained, 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - - - X', 'INSUFFICIENT_DATA', retained, 'ALARM', 'OK'],
  ['- - X - -', 'ALARM', retained, 'ALARM', 'OK'],
  ['X - - - -', 'ALARM', retained, 'ALARM', 'OK'],
];
const twoOfThree: readonly [string, ...AlarmState[]][] = [
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - X', 'INSUFFICIENT_DATA', retained, 'ALARM', 'OK'],
  ['- - - X -', 'ALARM', retained, 'ALARM', 'OK'],
];

describe('an alarm that evaluates data with gaps, as the tables of "alarms and missing data" show it', () => {
  for (const [m, table] of [
    [3, threeOfThree],
    [2, twoOfThree],
  ] as const) {
    for (const [row, ...states] of table) {
      test(`${m} of 3 on "${row}" is ${states.join(', ')} for ${treatments.join(', ')}`, () => {
        const seen = treatments.map((treatMissingData) =>
          nextAlarmState(
            points(row),
            { datapointsToAlarm: m, evaluationPeriods: 3, treatMissingData },
            'INSUFFICIENT_DATA',
          ),
        );
        expect(seen).toEqual(states);
      });
    }
  }

  test('keeps its state on missing data that it is told to ignore, whatever the state is', () => {
    const rule = { datapointsToAlarm: 2, evaluationPeriods: 3, treatMissingData: 'ignore' } as const;
    for (const state of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
      expect(nextAlarmState(points('- - - - -'), rule, state)).toBe(state);
    }
  });

  test('looks at the most recent data points where there are more than it needs', () => {
    const rule = { datapointsToAlarm: 1, evaluationPeriods: 1, treatMissingData: 'missing' } as const;
    expect(nextAlarmState(points('X X 0'), rule, 'ALARM')).toBe('OK');
    expect(nextAlarmState(points('0 0 X'), rule, 'OK')).toBe('ALARM');
  });
});
