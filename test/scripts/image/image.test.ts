import { DescribeImagesCommand, ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { build } from '../../../scripts/image/build.ts';
import { read } from '../../../scripts/image/command-line.ts';
import { findEngine } from '../../../scripts/image/engine.ts';
import { push } from '../../../scripts/image/push.ts';

const registry = '111111111111.dkr.ecr.eu-central-1.amazonaws.com';

/** An engine that does nothing but remember. */
function recorder() {
  const calls: { args: readonly string[]; input: string | undefined }[] = [];
  const engine = async (args: readonly string[], input?: string) => {
    calls.push({ args, input });
    return '';
  };
  return { calls, engine };
}

/** A client whose answers never leave the process. */
function registryThatKnows(digest: string | undefined): ECRClient {
  const client = new ECRClient({ region: 'eu-central-1' });
  const answer = async (command: unknown) => {
    if (command instanceof GetAuthorizationTokenCommand) {
      const authorizationToken = Buffer.from('AWS:one-time-password').toString('base64');
      return { authorizationData: [{ authorizationToken, proxyEndpoint: `https://${registry}` }] };
    }
    if (command instanceof DescribeImagesCommand) return { imageDetails: [{ imageDigest: digest }] };
    throw new Error('No other call was expected.');
  };
  Object.defineProperty(client, 'send', { value: answer });
  return client;
}

describe('the command line', () => {
  test('builds Backstage unless it is told otherwise', () => {
    expect(read(['build'])).toEqual({
      command: { action: 'build', service: 'backstage', folder: 'backstage', version: null, environment: null },
    });
  });

  test.each([
    [[], /build or push, not ""/],
    [['push'], /--environment/],
    [['build', '--version', 'a b'], /--version "a b" can be no tag/],
    [['build', '--colour', 'red'], /--colour/],
  ])('refuses %j and says what is allowed', (args, why) => {
    expect(read(args)).toEqual({ say: expect.stringMatching(why), exitCode: 2 });
  });
});

describe('an image', () => {
  test('is built for the machines that tasks run on, and says what it was built from', async () => {
    const { calls, engine } = recorder();
    const options = { folder: '/app', name: 'backstage', version: '1.2.3', commit: 'abc' };
    expect(await build(engine, options)).toBe('understudy/backstage:1.2.3');
    expect(calls[0]?.args.join(' ')).toBe(
      'build --platform linux/arm64 --tag understudy/backstage:1.2.3 ' +
        '--build-arg APP_VERSION=1.2.3 --build-arg APP_COMMIT=abc /app',
    );
  });

  test('is pushed to the account of the credentials, with a password that no process list shows', async () => {
    const { calls, engine } = recorder();
    const options = { image: 'understudy/backstage:1.2.3', repository: 'understudy-dev/backstage', tag: '1.2.3' };
    const name = `${registry}/understudy-dev/backstage:1.2.3`;
    expect(await push(engine, registryThatKnows('sha256:1'), options)).toEqual({ name, digest: 'sha256:1' });
    expect(calls).toEqual([
      { args: ['login', '--username', 'AWS', '--password-stdin', registry], input: 'one-time-password' },
      { args: ['tag', 'understudy/backstage:1.2.3', name], input: undefined },
      { args: ['push', name], input: undefined },
    ]);
  });

  test('that the registry does not know afterwards was not pushed', async () => {
    const options = { image: 'i', repository: 'understudy-dev/backstage', tag: '1' };
    await expect(push(recorder().engine, registryThatKnows(undefined), options)).rejects.toThrow(/does not know it/);
  });

  test('cannot be built where neither Docker nor Podman answers, which is said', () => {
    expect(() => findEngine(() => false)).toThrow(/Neither docker nor podman answers.*Install one/);
  });

  test('is built by Podman where Docker does not answer', () => {
    const asked: string[] = [];
    findEngine((program) => asked.push(program) > 1);
    expect(asked).toEqual(['docker', 'podman']);
  });
});
