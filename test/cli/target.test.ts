import { describe, expect, test } from '@jest/globals';
import { targetOf } from '../../cli/target.ts';
import { commandLine } from '../../cli/where.ts';

describe('on AWS', () => {
  test('the environment has to be said, on the command line or by UNDERSTUDY_ENVIRONMENT', () => {
    expect(() => targetOf({}, {})).toThrow('Say --environment NAME, or set UNDERSTUDY_ENVIRONMENT');
    expect(targetOf({}, { UNDERSTUDY_ENVIRONMENT: 'dev' })).toMatchObject({ environment: 'dev', local: false });
    expect(targetOf({ environment: 'production' }, { UNDERSTUDY_ENVIRONMENT: 'dev' }).environment).toBe('production');
  });

  test('region and credentials are left to the SDK', () => {
    expect(targetOf({ environment: 'dev' }, {})).toMatchObject({ region: null, endpoint: null, credentials: null });
  });

  test('a name that is none is refused', () => {
    expect(() => targetOf({ environment: 'Prod!' }, {})).toThrow('--environment is "Prod!"; a name has');
  });

  test('an endpoint elsewhere is not taken for the stage', () => {
    const target = targetOf({ environment: 'dev', endpoint: 'https://vpce-1.amazonaws.com' }, {});
    expect(target).toMatchObject({ local: false, credentials: null });
  });
});

describe('on the local stage', () => {
  test.each(['http://127.0.0.1:4566', 'http://localhost:80', 'http://[::1]:9'])('%s says all', (endpoint) => {
    expect(targetOf({ endpoint }, {})).toMatchObject({ environment: 'local', region: 'us-east-1', local: true });
  });

  test('AWS_ENDPOINT_URL is as good as --endpoint, and is left to the SDK', () => {
    expect(targetOf({}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).toMatchObject({ local: true, endpoint: null });
  });

  test('nobody looks for real credentials there, and given ones are used', () => {
    const endpoint = 'http://127.0.0.1:1';
    expect(targetOf({ endpoint }, { AWS_PROFILE: 'production' }).credentials).not.toBeNull();
    expect(targetOf({ endpoint }, { AWS_ACCESS_KEY_ID: 'role' }).credentials).toBeNull();
  });

  test.each(['4566', 'ftp://127.0.0.1', ''])('"%s" is no URL', (endpoint) => {
    expect(() => targetOf({ endpoint }, {})).toThrow(endpoint === '' ? '--environment' : `--endpoint is "${endpoint}"`);
  });
});

test('a command line to copy works on the same target', () => {
  const aws = targetOf({ environment: 'dev', region: 'eu-west-1' }, {});
  expect(commandLine(aws, 'watch', 'a-1')).toBe('npm run release -- watch a-1 --environment dev --region eu-west-1');
  const stage = targetOf({ endpoint: 'http://127.0.0.1:1' }, {});
  expect(commandLine(stage, 'watch', 'a-1')).toBe('npm run release -- watch a-1 --endpoint http://127.0.0.1:1');
});
