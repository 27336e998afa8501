import { describe, expect, test } from '@jest/globals';
import { resolveSecret, secretSource } from '../../../local/ecs/secrets.ts';

const arn = 'arn:aws:secretsmanager:us-east-1:111111111111:secret:database-AbCdEf';

const read = () => '{"username":"postgres","port":5432}';

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
describe('a container’s secret', () => {
  test.each([
    [arn, { kind: 'secret', secretId: arn, jsonKey: null, versionStage: null, versionId: null }],
    [`${arn}:password::`, { kind: 'secret', secretId: arn, jsonKey: 'password', versionStage: null, versionId: null }],
    [
      `${arn}:password:AWSPREVIOUS:`,
      { kind: 'secret', secretId: arn, jsonKey: 'password', versionStage: 'AWSPREVIOUS', versionId: null },
    ],
    [`${arn}:::9d4cb84b`, { kind: 'secret', secretId: arn, jsonKey: null, versionStage: null, versionId: '9d4cb84b' }],
    ['arn:aws:ssm:us-east-1:111111111111:parameter/a/b', { kind: 'parameter', name: '/a/b' }],
    ['plain', { kind: 'parameter', name: 'plain' }],
  ])('%s comes from the right place', (valueFrom, source) => {
    expect(secretSource(valueFrom)).toEqual(source);
  });

  test('is the whole text, or one key of its JSON', async () => {
    await expect(resolveSecret(arn, read)).resolves.toBe('{"username":"postgres","port":5432}');
    await expect(resolveSecret(`${arn}:username::`, read)).resolves.toBe('postgres');
    await expect(resolveSecret(`${arn}:port::`, read)).resolves.toBe('5432');
    await expect(resolveSecret(`${arn}:nothing::`, read)).rejects.toThrow('did not contain json key nothing');
  });
});
