import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  type IVpc,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';

/** Image layers come from S3, through a gateway that costs nothing: every environment has it. */
export function storageEndpoint(vpc: IVpc, subnets: SubnetSelection): void {
  vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3, subnets: [subnets] });
}

const services = {
  EcrApi: InterfaceVpcEndpointAwsService.ECR,
  EcrImages: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  SecretsManager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Ssm: InterfaceVpcEndpointAwsService.SSM,
};

/**
 * What Fargate calls to start a task, reached without the internet: image, log, secrets and parameters
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html).
 *
 * @param group the endpoints' own: who may use them is a rule in it
 */
export function serviceEndpoints(vpc: IVpc, subnets: SubnetSelection, group: ISecurityGroup): void {
  for (const [id, service] of Object.entries(services)) {
    vpc.addInterfaceEndpoint(id, { service, subnets, securityGroups: [group], open: false });
  }
}
