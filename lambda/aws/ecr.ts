import { BatchGetImageCommand, DescribeImagesCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { isNamed, Unworkable } from './errors.ts';

const client = new ECRClient({});

/** Digest of the image with this tag or digest; null when the repository has none. */
export async function imageDigest(repositoryName: string, image: string): Promise<string | null> {
  const id = image.startsWith('sha256:') ? { imageDigest: image } : { imageTag: image };
  try {
    const { imageDetails } = await client.send(new DescribeImagesCommand({ repositoryName, imageIds: [id] }));
    return imageDetails?.[0]?.imageDigest ?? null;
  } catch (error) {
    if (isNamed(error, 'ImageNotFoundException', 'RepositoryNotFoundException')) return null;
    throw error;
  }
}

/**
 * Gives the image one more tag. A tag that it has already is no error, one that another image has is.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-retag.html
 */
export async function tagImage(repositoryName: string, digest: string, tag: string): Promise<void> {
  const { images } = await client.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }),
  );
  const manifest = images?.[0]?.imageManifest;
  if (manifest === undefined) throw new Unworkable(`${repositoryName} has no image ${digest} to tag.`);
  const mediaType = images?.[0]?.imageManifestMediaType;
  try {
    await client.send(
      new PutImageCommand({
        repositoryName,
        imageManifest: manifest,
        imageTag: tag,
        ...(mediaType && { imageManifestMediaType: mediaType }),
      }),
    );
  } catch (error) {
    if (!isNamed(error, 'ImageAlreadyExistsException')) throw error;
  }
}
