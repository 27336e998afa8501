import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { help, list, parseCommand, UsageError } from '../../../local/tour/arguments.ts';
import { scenariosFor } from '../../../local/tour/tour.ts';

const names = 'first good hotfix crash errors slow hang zombie late'.split(' ');

test('without parameters it is the whole tour, ten times as fast, at the usual port', () => {
  const command = parseCommand([]);
  expect(command).toEqual({ kind: 'play', scenario: null, speed: 10, port: null, report: null, exit: false });
  expect(scenariosFor(null).map(({ name }) => name)).toEqual(names);
});

test('a scenario is played after a first release', () => {
  const file = join(tmpdir(), 'report.json');
  const command = parseCommand(['--scenario', 'crash', '--speed', '2.5', '--port', '7100', '--report', file, '--exit']);
  expect(command).toMatchObject({ speed: 2.5, port: 7100, report: file, exit: true, scenario: { name: 'crash' } });
  const played = command.kind === 'play' ? scenariosFor(command.scenario) : [];
  expect(played.map(({ name }) => name)).toEqual(['first', 'crash']);
});

test('the first release is played alone', () => {
  const command = parseCommand(['--scenario=first']);
  expect(command.kind === 'play' && scenariosFor(command.scenario)).toHaveLength(1);
});

test('a stage to release on plays nothing', () => {
  expect(parseCommand(['--keep', '--speed', '20'])).toEqual({ kind: 'keep', speed: 20, port: null });
  expect(() => parseCommand(['--keep', '--scenario', 'good', '--exit'])).toThrow('--scenario, --exit makes no sense');
});

test('help and list name every scenario', () => {
  expect(parseCommand(['--help', '--scenario', 'nonsense'])).toEqual({ kind: 'help' });
  expect(parseCommand(['--list'])).toEqual({ kind: 'list' });
  for (const name of names) {
    expect(help).toContain(name);
    expect(list()).toMatch(new RegExp(`^${name} `, 'm'));
  }
});

test.each([
  [['--scenario', 'best'], 'There is no scenario "best"'],
  [['--speed', 'fast'], '--speed is "fast"; it takes a number from 1 to 60'],
  [['--speed', '0'], '--speed is "0"'],
  [['--speed', ''], '--speed is ""'],
  [['--port', '80.5'], '--port is "80.5"; it takes a number from 1 to 65535'],
  [['--port', '70000'], '--port is "70000"'],
  [['--report', '/no/such/folder/report.json'], 'there is no folder /no/such/folder'],
  [['--report', tmpdir()], 'which is a folder'],
  [['--scenarios'], "Unknown option '--scenarios'"],
  [['crash'], 'Unexpected argument'],
  [['--speed'], 'argument missing'],
])('refuses %j with what is allowed', (parameters, message) => {
  expect(() => parseCommand(parameters)).toThrow(UsageError);
  expect(() => parseCommand(parameters)).toThrow(message);
});
