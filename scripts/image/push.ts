import { DescribeImagesCommand, type ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { type Engine, ImageError } from './engine.ts';

export interface PushOptions {
  /** A local image's name. */
  readonly image: string;
  /** In the registry of the account that the credentials belong to. */
  readonly repository: string;
  readonly tag: string;
}

export interface Pushed {
  /** With registry and tag. */
  readonly name: string;
  readonly digest: string;
}

/**
 * Signs in to the account's own registry, as `aws ecr get-login-password` does, and pushes the image.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 *
 * @throws ImageError when ECR gives no token, or does not know the image afterwards
 */
export async function push(engine: Engine, ecr: ECRClient, options: PushOptions): Promise<Pushed> {
  const { image, repository, tag } = options;
  const registry = await signIn(engine, ecr);
  const name = `${registry}/${repository}:${tag}`;
  await engine(['tag', image, name]);
  await engine(['push', name]);
  const { imageDetails } = await ecr.send(
    new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageTag: tag }] }),
  );
  const digest = imageDetails?.[0]?.imageDigest;
  if (digest === undefined) throw new ImageError(`${name} was pushed, and ${repository} does not know it.`);
  return { name, digest };
}

/** The registry's name. The password goes in by standard input: in an argument every process could read it. */
async function signIn(engine: Engine, ecr: ECRClient): Promise<string> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const { authorizationToken = '', proxyEndpoint = '' } = authorizationData?.[0] ?? {};
  const [user = '', password = ''] = Buffer.from(authorizationToken, 'base64').toString().split(':');
  if (password === '') throw new ImageError('ECR gave no token to sign in with.');
  const registry = proxyEndpoint.replace(/^https:\/\//, '');
  await engine(['login', '--username', user, '--password-stdin', registry], password);
  return registry;
}
