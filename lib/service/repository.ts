import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Repository, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import { knownGoodTagPrefix } from '../../lambda/domain/names.ts';

/**
 * The service's images. A tag, once pushed, means one image for good, and what a rollback may need is
 * kept: an image that the first rule holds is out of reach of the rules after it
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html).
 */
export function serviceRepository(scope: Construct, name: string, protectData: boolean): Repository {
  return new Repository(scope, 'Repository', {
    repositoryName: name,
    imageTagMutability: TagMutability.IMMUTABLE,
    imageScanOnPush: true,
    removalPolicy: protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    emptyOnDelete: false,
    lifecycleRules: [
      {
        rulePriority: 1,
        description: 'Known-good images',
        tagStatus: TagStatus.TAGGED,
        tagPrefixList: [knownGoodTagPrefix],
        maxImageCount: 100,
      },
      {
        rulePriority: 2,
        description: 'Images that lost, or never had, a tag',
        tagStatus: TagStatus.UNTAGGED,
        maxImageAge: Duration.days(14),
      },
      { rulePriority: 3, description: 'All others', tagStatus: TagStatus.ANY, maxImageAge: Duration.days(180) },
    ],
  });
}
