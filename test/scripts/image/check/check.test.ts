import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkAll } from '../../../../scripts/image/check/check.ts';
import {
  type Contained,
  commandOf,
  folderContained,
  imageContained,
} from '../../../../scripts/image/check/container.ts';
import { type Clause, clauses, type Subject } from '../../../../scripts/image/check/contract.ts';
import { runTask, Task } from '../../../../scripts/image/check/tasks.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-check-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const dockerfile = (text: string): string => {
  const file = join(folder, 'Dockerfile');
  writeFileSync(file, text);
  return file;
};

describe('the start command', () => {
  test('is the last CMD of the Dockerfile', () => {
    expect(commandOf(dockerfile('FROM a\nCMD ["old"]\nFROM b\nCMD ["node", "index.js"]\n'))).toEqual([
      'node',
      'index.js',
    ]);
  });

  test.each(['FROM a\n', 'FROM a\nCMD node index.js\n'])('is told to be missing in %j', (text) => {
    expect(() => commandOf(dockerfile(text))).toThrow('has no CMD');
  });

  test('is told to be none when it is no list of words', () => {
    expect(() => commandOf(dockerfile('CMD [1, 2]\n'))).toThrow('is no list of words');
  });
});

const program = (text: string) => {
  dockerfile('CMD ["node", "index.cjs"]');
  writeFileSync(join(folder, 'index.cjs'), text);
  return folderContained(folder);
};

describe('a task of an app folder', () => {
  test('runs in it with the given variables, and its report is the last line that is one', async () => {
    const contained = program('console.log(`{"ok":false}\\n{"ok":true,"who":"${process.env.WHO}"}\\nbye`)');
    const { code, json } = await runTask(contained, contained.command, { WHO: 'me' }, 10_000);
    expect({ code, json }).toEqual({ code: 0, json: { ok: true, who: 'me' } });
  });

  test('has no exit code when it had to be killed', async () => {
    const contained = program('setInterval(() => {}, 1000)');
    expect(await runTask(contained, contained.command, {}, 300)).toMatchObject({ code: null, json: null });
  });

  test('ends with what it said when there is no such program', async () => {
    const contained = program('');
    const task = new Task(contained.start([join(folder, 'missing')], {}));
    expect(await task.ended(5000)).toBeNull();
    expect(task.output).toContain('ENOENT');
  });
});

/** A container engine whose containers live on when its client is killed, each with its pid in a file of its name. */
const engine = (kill: string) => {
  const script = join(folder, 'engine');
  const text = `#!/bin/sh
cd ${folder}
case $1 in
  image) echo '[{"Config":{"Cmd":["sleep", "30"]}}]' ;;
  run)
    while [ "$1" != --name ]; do shift; done
    name=$2
    while [ "$1" != app ]; do shift; done
    shift
    "$@" >/dev/null 2>&1 &
    echo $! > "$name"
    wait $!
    code=$?
    rm "$name"
    exit $code ;;
  kill) ${kill} ;;
esac
`;
  writeFileSync(script, text, { mode: 0o755 });
  return imageContained(script, 'app');
};
const working = 'echo killed >> kills; kill -9 "$(cat "$2")"';
const containers = () => readdirSync(folder).filter((name) => name.startsWith('understudy-check-'));

describe('a task of an image', () => {
  test('that runs for too long is ended by the engine, for killing its client alone would leave it running', async () => {
    const contained = engine(working);
    expect(await runTask(contained, contained.command, {}, 300)).toMatchObject({ code: null });
    expect(containers()).toEqual([]);
    expect(readFileSync(join(folder, 'kills'), 'utf8')).toBe('killed\n');
  });

  test('that has ended is not killed', async () => {
    const contained = engine(working);
    const task = new Task(contained.start(['false'], {}));
    expect(await task.ended(5000)).toBe(1);
    await task.kill();
    expect(readdirSync(folder)).not.toContain('kills');
  });

  test('that the engine cannot kill is told by the name of its container', async () => {
    const contained = engine('echo no daemon >&2; exit 1');
    const told = runTask(contained, contained.command, {}, 300);
    await expect(told).rejects.toThrow(/could not kill the container understudy-check-\S+, which may.*no daemon/);
    const [name = ''] = containers();
    process.kill(Number(readFileSync(join(folder, name), 'utf8')), 'SIGKILL');
  });
});

const subjectOf = (contained: Contained): Subject => ({
  contained,
  port: 1,
  token: '',
  env: {},
  databases: async () => [],
  serving: null,
});

describe('the schema tool that migrates everything', () => {
  const migrates = clauses.find(({ name }) => name.startsWith('the schema tool migrates everything'));
  const complaint = (unlock: string) => {
    const tool = join(folder, 'packages/schema/bin/backstage-schema.js');
    mkdirSync(dirname(tool), { recursive: true });
    writeFileSync(tool, `if (process.argv[2] !== 'unlock') console.log('{"ok":true,"pending":0}'); else { ${unlock} }`);
    return migrates?.check(subjectOf(program('')));
  };

  test('keeps its clause when its unlock finds nothing locked', async () => {
    expect(await complaint(`console.log('{"ok":true,"freed":[],"held":[]}')`)).toBeNull();
  });

  test.each([
    ['has no unlock', `console.error('Usage: …'); process.exitCode = 2`, 'ended with 2: Usage: …'],
    ['ends badly', `console.log('{"ok":false,"error":{"message":"held"}}'); process.exitCode = 1`, 'with 1: held'],
    ['says nothing of it', '', 'ended with 0'],
  ])('breaks it when it %s', async (_what, unlock, why) => {
    expect(await complaint(unlock)).toContain(why);
  });
});

const clause = (name: string, result: string | null | Error): Clause => ({
  name,
  check: async () => {
    if (result instanceof Error) throw result;
    return result;
  },
});

test('a broken clause, and one that throws, keep no other from being checked', async () => {
  const contained = {
    name: 'none',
    command: [],
    start: () => {
      throw new Error('starts nothing');
    },
  };
  const subject = subjectOf(contained);
  const said: string[] = [];
  const checked = await checkAll(
    [clause('a', 'broken'), clause('b', new Error('failed')), clause('c', null)],
    subject,
    (one) => said.push(one.clause),
  );
  expect(checked).toEqual([
    { clause: 'a', complaint: 'broken' },
    { clause: 'b', complaint: 'failed' },
    { clause: 'c', complaint: null },
  ]);
  expect(said).toEqual(['a', 'b', 'c']);
});
