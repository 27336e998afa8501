/**
 * Services whose calls the functions send to the stage: LocalStack's free edition has them not, or only as mocks
 * (https://docs.localstack.cloud/references/coverage/). All others stay with LocalStack.
 * Written as in `AWS_ENDPOINT_URL_<SERVICE>`
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
 */
const onStage = [
  'APPLICATION_AUTO_SCALING',
  'CLOUDWATCH',
  'CLOUDWATCH_LOGS',
  'CODEDEPLOY',
  'EC2',
  'ECR',
  'ECS',
  'ELASTIC_LOAD_BALANCING_V2',
  // The prober alone, which has to reach the tasks.
  'LAMBDA',
  'RDS',
  'SECRETS_MANAGER',
];

/** @param stage URL of the stage as it is seen from the functions */
export function stageEndpoints(stage: string): Record<string, string> {
  return Object.fromEntries(onStage.map((service) => [`AWS_ENDPOINT_URL_${service}`, stage]));
}
