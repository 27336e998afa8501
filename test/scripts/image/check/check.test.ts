import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkAll } from '../../../../scripts/image/check/check.ts';
import { commandOf, folderContained } from '../../../../scripts/image/check/container.ts';
import type { Clause, Subject } from '../../../../scripts/image/check/contract.ts';
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
  const subject: Subject = { contained, port: 1, token: '', env: {}, databases: async () => [], serving: null };
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
