import { describe, expect, test } from '@jest/globals';
import { nameOf } from '../../cli/account.ts';
import { type Asked, compactTime, releaseId, requestOf } from '../../cli/request.ts';
import { parseRequest } from '../../lambda/domain/request.ts';

const defaults = { sequence: async () => 15, requestedBy: async () => 'Deployers/ada@example.com' };
const asked = (values: Asked['values'] = {}, image = '1.4.0'): Asked => ({
  service: 'backstage',
  image,
  until: 'release',
  values,
});

const never = () => Promise.reject(new Error('asked'));

describe('the request', () => {
  test('needs no more than a service and a tag', async () => {
    expect(await requestOf(asked(), defaults)).toEqual({
      service: 'backstage',
      image: '1.4.0',
      version: '1.4.0',
      sequence: 15,
      requestedBy: 'Deployers/ada@example.com',
      reason: 'Release 1.4.0',
    });
  });

  test('carries every option, and the workflow takes it', async () => {
    const request = await requestOf(
      asked({
        version: '1.4',
        sequence: '7',
        policy: 'hotfix',
        reason: 'Sign-in',
        by: 'grace',
        commit: 'abc123',
        approval: true,
        'override-freeze': 'fix for customers',
        'allow-older': true,
        'allow-cutover': true,
        'allow-irreversible': true,
      }),
      defaults,
    );
    expect(parseRequest(request)).toMatchObject({
      request: {
        version: '1.4',
        sequence: 7,
        policy: 'hotfix',
        reason: 'Sign-in',
        requestedBy: 'grace',
        commit: 'abc123',
        approval: true,
        overrideFreeze: 'fix for customers',
        allowOlder: true,
        allowCutover: true,
        allowIrreversible: true,
        until: 'release',
      },
    });
  });

  test('asks the account for nothing that was given', async () => {
    const given = asked({ sequence: '1', by: 'me' });
    await expect(requestOf(given, { sequence: never, requestedBy: never })).resolves.toMatchObject({ sequence: 1 });
  });

  test.each([
    [{ sequence: 'latest' }, '--sequence is "latest"'],
    [{ sequence: '0' }, '--sequence is "0"'],
    [{ sequence: '1.5' }, '--sequence is "1.5"'],
    [{ policy: 'yolo' }, '--policy is "yolo"'],
    [{ 'override-freeze': '' }, '--override-freeze is ""'],
    [{ by: '' }, '--by is ""'],
  ])('%p is refused, by the name of the option', async (values, words) => {
    await expect(requestOf(asked(values), defaults)).rejects.toThrow(words);
  });

  test('of a digest needs a name for people', async () => {
    await expect(requestOf(asked({}, `sha256:${'0'.repeat(64)}`), defaults)).rejects.toThrow('--version');
  });
});

describe('the id', () => {
  test('is made of what was asked, in the letters that a name may have', () => {
    expect(releaseId(undefined, 'backstage', '1.4.0+a/b', '20261121T060400Z')).toBe(
      'backstage-1.4.0-a-b-20261121T060400Z',
    );
    expect(releaseId(undefined, 'x'.repeat(100))).toHaveLength(80);
  });

  test('may be given, and is checked', () => {
    expect(releaseId('run-42', 'backstage')).toBe('run-42');
    expect(() => releaseId('run 42')).toThrow('--name is "run 42"');
  });

  test('sorts by time', () => {
    expect(compactTime(Date.parse('2026-11-21T06:04:09.123Z'))).toBe('20261121T060409Z');
  });
});

test.each([
  ['arn:aws:iam::1:user/team/ada', 'ada'],
  ['arn:aws:sts::1:assumed-role/Deployers/ada@example.com', 'Deployers/ada@example.com'],
  ['arn:aws:iam::1:root', 'root'],
])('%s is %s in the ledger', (arn, name) => {
  expect(nameOf(arn)).toBe(name);
});
