import { CodeDeployClient, ListApplicationsCommand, ListDeploymentGroupsCommand } from '@aws-sdk/client-codedeploy';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openVirtualStage, type VirtualStage } from '../../../local/simulation/virtual-stage.ts';
import type { ClientConfig } from '../../../local/stage-api.ts';
import { stageAssembly } from '../stage-assembly.ts';

jest.setTimeout(60_000);

let stage: VirtualStage;
let config: ClientConfig;

beforeAll(async () => {
  stage = await openVirtualStage(stageAssembly());
  config = {
    region: 'us-east-1',
    endpoint: stage.cloud.endpointUrl,
    credentials: { accessKeyId: 'engineer', secretAccessKey: 'engineer' },
  };
}, 120_000);

afterAll(() => stage.close());

describe('what an engineer lists first is there:', () => {
  test('clusters', async () => {
    const { clusterArns } = await new ECSClient(config).send(new ListClustersCommand({}));
    expect(clusterArns).toEqual([expect.stringMatching(/:cluster\/understudy-local$/)]);
  });

  test('applications and deployment groups', async () => {
    const client = new CodeDeployClient(config);
    const { applications = [] } = await client.send(new ListApplicationsCommand({}));
    expect(applications).toContain('understudy-local-backstage');
    const [applicationName] = applications;
    const { deploymentGroups } = await client.send(new ListDeploymentGroupsCommand({ applicationName }));
    expect(deploymentGroups).toEqual([applicationName]);
  });

  test('functions, with their roles', async () => {
    const { Functions = [] } = await new LambdaClient(config).send(new ListFunctionsCommand({}));
    const open = Functions.find(({ FunctionName }) => FunctionName === 'understudy-local-release-open');
    expect(open?.Role).toMatch(/^arn:aws:iam::111111111111:role\//);
  });

  test('rules, with what they match', async () => {
    const { Rules = [] } = await new EventBridgeClient(config).send(new ListRulesCommand({}));
    const patterns = Rules.map(({ EventPattern }) => JSON.parse(EventPattern ?? 'null'));
    expect(patterns).toContainEqual(expect.objectContaining({ source: ['aws.states'] }));
  });

  test('topics, secrets and repositories', async () => {
    const { Topics = [] } = await new SNSClient(config).send(new ListTopicsCommand({}));
    expect(Topics).toContainEqual({ TopicArn: expect.stringMatching(/:understudy-local-releases$/) });
    const { SecretList = [] } = await new SecretsManagerClient(config).send(new ListSecretsCommand({}));
    expect(SecretList).toContainEqual(expect.objectContaining({ Name: 'understudy-local/prober-token' }));
    const client = new ECRClient(config);
    const { repositories } = await client.send(new DescribeRepositoriesCommand({}));
    expect(repositories).toContainEqual(expect.objectContaining({ repositoryName: 'understudy-local/backstage' }));
    const unknown = client.send(new DescribeRepositoriesCommand({ repositoryNames: ['nobody'] }));
    await expect(unknown).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
  });

  test('parameters below a path', async () => {
    const Path = '/understudy/local/services';
    const { Parameters = [] } = await new SSMClient(config).send(
      new GetParametersByPathCommand({ Path, Recursive: true }),
    );
    expect(Parameters.map(({ Name }) => Name)).toContain(`${Path}/backstage/shape`);
  });
});
