import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const scripts = join(import.meta.dirname, '../../scripts');

/** Stands for npm: writes down what it was asked, and where. `NPM_FAILS` makes every command fail. */
const fakeNpm = `#!${process.execPath}
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const command = process.argv.slice(2).join(' ');
if (command === '--version') { console.log(process.env.NPM_VERSION ?? '10.9.0'); process.exit(0); }
appendFileSync(process.env.NPM_CALLS, command + ' in ' + require('node:path').basename(process.cwd()) + '\\n');
if (process.env.NPM_FAILS) { console.error('npm error it is the registry'); process.exitCode = 7; return; }
if (command.startsWith('ci')) {
  mkdirSync('node_modules/.bin', { recursive: true });
  if (!process.env.NPM_RUNS_NO_SCRIPTS) writeFileSync('node_modules/.bin/node', '#!/bin/sh\\n', { mode: 0o755 });
}
if (command === 'run build') {
  mkdirSync('packages/app/dist', { recursive: true });
  writeFileSync('packages/app/dist/index.html', '');
}
`;

function inNode(expression: string): string {
  const script = `
    const { complaintAboutNode } = await import(${JSON.stringify(join(scripts, 'setup/versions.mjs'))});
    const { requireSpace } = await import(${JSON.stringify(join(scripts, 'setup/install.mjs'))});
    try { console.log(${expression}); } catch (error) { console.log(error.message); }`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout.trim();
}

const spaceWith = (blocks: number) =>
  `requireSpace("/x", 1e9, "Installing", () => ({ bavail: ${blocks}, bsize: 4096 }))`;

test('package.json names every package of the lockfile that has an install script, for npms that run no others', () => {
  const root = join(import.meta.dirname, '../..');
  const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));
  const packages: Record<string, { hasInstallScript?: boolean }> = read('package-lock.json').packages;
  const named = Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript ? [path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)] : [],
  );
  expect(named).toContain('node');
  expect(Object.keys(read('package.json').allowScripts)).toEqual([...new Set(named)].toSorted());
});

describe('setting up a clone', () => {
  let clone: string;

  const write = (name: string, content: string) => {
    mkdirSync(dirname(join(clone, name)), { recursive: true });
    writeFileSync(join(clone, name), content);
  };

  beforeEach(() => {
    clone = join(mkdtempSync(join(tmpdir(), 'understudy-test-')), 'clone');
    cpSync(scripts, join(clone, 'scripts'), { recursive: true });
    write('package-lock.json', '{}');
    write('backstage/package-lock.json', '{}');
    write('backstage/packages/app/src/App.tsx', 'one');
    write('bin/npm', fakeNpm);
    chmodSync(join(clone, 'bin/npm'), 0o755);
  });

  afterEach(() => rmSync(dirname(clone), { recursive: true }));

  function setUp(parameters: string[] = [], env: Record<string, string> = {}) {
    const log = join(clone, 'calls');
    rmSync(log, { force: true });
    const { status, stderr } = spawnSync(process.execPath, [join(clone, 'scripts/setup.mjs'), ...parameters], {
      encoding: 'utf8',
      env: { PATH: join(clone, 'bin'), NPM_CALLS: log, ...env },
    });
    const calls = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
    return { status, stderr, calls };
  }

  test('installs once, and again only when the lockfile has changed', () => {
    expect(setUp()).toMatchObject({ status: 0, calls: ['ci --no-audit --no-fund in clone'] });
    expect(setUp()).toEqual({ status: 0, stderr: '', calls: [] });
    appendFileSync(join(clone, 'package-lock.json'), ' ');
    expect(setUp().calls).toHaveLength(1);
    expect(setUp().calls).toHaveLength(0);
  });

  test('installs and builds Backstage only where it is asked for, and builds again when a source has changed', () => {
    expect(setUp().calls).toHaveLength(1);
    expect(setUp(['--backstage']).calls).toEqual(['ci --no-audit --no-fund in backstage', 'run build in backstage']);
    expect(setUp(['--backstage']).calls).toEqual([]);
    write('backstage/packages/app/src/App.tsx', 'two');
    expect(setUp(['--backstage']).calls).toEqual(['run build in backstage']);
    rmSync(join(clone, 'backstage/packages/app/dist'), { recursive: true });
    expect(setUp(['--backstage']).calls).toEqual(['run build in backstage']);
  });

  test('tells how npm ended and what it said last, and starts over the next time', () => {
    const { status, stderr } = setUp([], { NPM_FAILS: 'yes' });
    expect(status).toBe(1);
    expect(stderr).toContain('ended with status 7');
    expect(stderr).toContain('npm error it is the registry');
    expect(setUp().calls).toHaveLength(1);
  });

  test('an install that broke off is not taken for a finished one', () => {
    setUp();
    appendFileSync(join(clone, 'package-lock.json'), ' ');
    const changed = readFileSync(join(clone, 'package-lock.json'), 'utf8');
    setUp([], { NPM_FAILS: 'yes' });
    write('package-lock.json', '{}');
    expect(setUp().calls).toHaveLength(1);
    write('package-lock.json', changed);
    expect(setUp().calls).toHaveLength(1);
  });

  test('says so where npm was told to run no install scripts, and starts over the next time', () => {
    const { status, stderr } = setUp([], { NPM_RUNS_NO_SCRIPTS: 'yes' });
    expect(status).toBe(1);
    expect(stderr).toContain('the install script of the package "node" has not run');
    expect(setUp()).toMatchObject({ status: 0, calls: ['ci --no-audit --no-fund in clone'] });
  });

  test("keeps the outer npm's settings and programs from the inner one", () => {
    write('node_modules/.bin/npm', `#!${process.execPath}\nprocess.exit(1)`);
    chmodSync(join(clone, 'node_modules/.bin/npm'), 0o755);
    const { status } = setUp([], { PATH: `${join(clone, 'node_modules/.bin')}:${join(clone, 'bin')}` });
    expect(status).toBe(0);
  });

  test('names the npm that is too old, and the one that is needed', () => {
    const { status, stderr, calls } = setUp([], { NPM_VERSION: '6.14.18' });
    expect({ status, calls }).toEqual({ status: 1, calls: [] });
    expect(stderr).toContain('needs npm 10 or newer; this is npm 6.14.18');
  });

  test('says so where there is no npm at all', () => {
    expect(setUp([], { PATH: '/nowhere' }).stderr).toContain('there is none on the PATH');
  });

  test('refuses what it does not know', () => {
    expect(setUp(['--frontend'])).toMatchObject({ status: 1, calls: [] });
  });

  test('names the Node that is too old, and the one that is needed', () => {
    expect(inNode('complaintAboutNode("18.19.1")')).toContain(
      'needs Node 20 or newer to set itself up; this is Node 18.19.1',
    );
    expect(inNode('complaintAboutNode("20.0.0")')).toBe('null');
  });

  test('says how much room is missing', () => {
    expect(inNode(spaceWith(50_000))).toBe(
      'Installing needs about 1.0 GB; the disk of /x has 0.2 GB left. Free some space and try again.',
    );
    expect(inNode(spaceWith(500_000))).toBe('undefined');
  });
});
