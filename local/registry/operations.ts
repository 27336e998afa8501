import type {
  BatchGetImageCommandInput,
  BatchGetImageResponse,
  DescribeImagesCommandInput,
  DescribeImagesResponse,
  DescribeRepositoriesCommandInput,
  DescribeRepositoriesResponse,
  Image,
  ImageIdentifier,
  PutImageCommandInput,
  PutImageResponse,
} from '@aws-sdk/client-ecr';
import { account, arn, region } from '../aws/arn.ts';
import { type Operations, ServiceError } from '../aws/operation.ts';
import { optionalText, physicalName } from '../deploy/properties.ts';
import type { Provisions } from '../deploy/provision.ts';
import { digestOf, manifestOf, type Registry, type StoredImage } from './registry.ts';

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html */
export function ecrOperations(registry: Registry): Operations {
  const find = (repository: string, { imageDigest, imageTag }: ImageIdentifier): StoredImage | null =>
    registry.find(repository, imageDigest ?? imageTag ?? '');
  return {
    DescribeRepositories({ repositoryNames }: DescribeRepositoriesCommandInput): DescribeRepositoriesResponse {
      const all = registry.repositories();
      const missing = repositoryNames?.find((wanted) => !all.some(({ name }) => name === wanted));
      if (missing !== undefined) {
        const message = `The repository with name '${missing}' does not exist in the registry with id '${account}'`;
        throw new ServiceError('RepositoryNotFoundException', message);
      }
      return {
        repositories: all
          .filter(({ name }) => repositoryNames?.includes(name) ?? true)
          .map(({ name, immutable }) => ({
            repositoryName: name,
            repositoryArn: arn('ecr', `repository/${name}`),
            repositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
            registryId: account,
            imageTagMutability: immutable ? 'IMMUTABLE' : 'MUTABLE',
          })),
      };
    },

    DescribeImages({ repositoryName = '', imageIds }: DescribeImagesCommandInput): DescribeImagesResponse {
      const images = imageIds?.map((id) => find(repositoryName, id) ?? notFound(repositoryName, id));
      return {
        imageDetails: (images ?? registry.images(repositoryName)).map(({ digest, pushedAt, tags }) => ({
          registryId: account,
          repositoryName,
          imageDigest: digest,
          imageTags: [...tags],
          imagePushedAt: new Date(pushedAt),
        })),
      };
    },

    BatchGetImage({ repositoryName = '', imageIds = [] }: BatchGetImageCommandInput): BatchGetImageResponse {
      const results = imageIds.map((id) => ({ id, image: find(repositoryName, id) }));
      const missing = results.filter(({ image }) => image === null);
      return {
        images: results.flatMap(({ id, image }) =>
          image === null ? [] : [describe(repositoryName, image.digest, id.imageTag)],
        ),
        failures: missing.map(({ id }) => ({
          imageId: id,
          failureCode: 'ImageNotFound',
          failureReason: 'Requested image not found',
        })),
      };
    },

    PutImage({ repositoryName = '', imageManifest = '', imageTag }: PutImageCommandInput): PutImageResponse {
      const digest = digestOf(imageManifest);
      registry.push(repositoryName, digest, imageTag ?? null);
      return { image: describe(repositoryName, digest, imageTag) };
    },
  };
}

export function ecrProvisions(registry: Registry): Provisions {
  return {
    'AWS::ECR::Repository': (resource) => {
      const name = physicalName(resource, 'RepositoryName');
      registry.createRepository(name, optionalText(resource, 'ImageTagMutability') === 'IMMUTABLE');
      const uri = `${account}.dkr.ecr.${region}.amazonaws.com/${name}`;
      return { ref: name, attributes: { Arn: arn('ecr', `repository/${name}`), RepositoryUri: uri } };
    },
  };
}

function describe(repositoryName: string, imageDigest: string, imageTag: string | undefined): Image {
  return {
    registryId: account,
    repositoryName,
    imageId: { imageDigest, ...(imageTag !== undefined && { imageTag }) },
    imageManifest: manifestOf(imageDigest),
    imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
  };
}

function notFound(repository: string, { imageDigest, imageTag }: ImageIdentifier): never {
  const id = `{imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'}`;
  const message = `The image with imageId ${id} does not exist within the repository with name '${repository}' in the registry with id '${account}'`;
  throw new ServiceError('ImageNotFoundException', message);
}
