import { BatchGetImageCommand, DescribeImagesCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../local/clock/virtual-clock.ts';
import { type Account, openAccount } from '../aws/account.ts';

const one = `sha256:${'1'.repeat(64)}`;
const two = `sha256:${'2'.repeat(64)}`;
let account: Account;
let client: ECRClient;
let repositories = 0;
let repositoryName: string;

beforeAll(async () => {
  account = await openAccount({ clock: new VirtualClock(0) });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new ECRClient({ endpoint: account.url, region: 'us-east-1', credentials });
});
afterAll(() => account.close());
beforeEach(() => {
  repositories += 1;
  repositoryName = `backstage-${repositories}`;
  account.registry.createRepository(repositoryName, true);
  account.registry.push(repositoryName, one, 'v1');
});

const manifest = async (imageDigest: string): Promise<string> => {
  const { images } = await client.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] }));
  return images?.[0]?.imageManifest ?? '';
};
const put = (imageManifest: string, imageTag: string) =>
  client.send(new PutImageCommand({ repositoryName, imageManifest, imageTag }));

describe('a repository', () => {
  test('resolves a tag to its digest, and says when there is none', async () => {
    const find = (imageTag: string) =>
      client.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }));
    expect((await find('v1')).imageDetails).toMatchObject([
      { imageDigest: one, imageTags: ['v1'], imagePushedAt: new Date(0) },
    ]);
    await expect(find('v2')).rejects.toMatchObject({ name: 'ImageNotFoundException' });
    const other = client.send(new DescribeImagesCommand({ repositoryName: 'none' }));
    await expect(other).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
  });

  test('gives an image one more tag by its manifest, once', async () => {
    const text = await manifest(one);
    await put(text, 'known-good-1');
    const { imageDetails } = await client.send(new DescribeImagesCommand({ repositoryName }));
    expect(imageDetails).toMatchObject([{ imageDigest: one, imageTags: ['v1', 'known-good-1'] }]);
    await expect(put(text, 'known-good-1')).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' });
  });

  test('of immutable tags never lets a tag move to another image', async () => {
    account.registry.push(repositoryName, two, 'v2');
    await expect(put(await manifest(two), 'v1')).rejects.toMatchObject({ name: 'ImageTagAlreadyExistsException' });
    expect(account.registry.find(repositoryName, 'v1')?.digest).toBe(one);
  });

  test('of mutable tags moves it', async () => {
    account.registry.createRepository(repositoryName, false);
    account.registry.push(repositoryName, two, 'v1');
    expect(account.registry.find(repositoryName, 'v1')?.digest).toBe(two);
    expect(account.registry.find(repositoryName, one)?.tags.size).toBe(0);
  });

  test('tells which of several images it does not have', async () => {
    const imageIds = [{ imageTag: 'v1' }, { imageDigest: two }];
    const output = await client.send(new BatchGetImageCommand({ repositoryName, imageIds }));
    expect(output.images?.map(({ imageId }) => imageId)).toEqual([{ imageDigest: one, imageTag: 'v1' }]);
    expect(output.failures).toMatchObject([{ imageId: { imageDigest: two }, failureCode: 'ImageNotFound' }]);
  });
});
