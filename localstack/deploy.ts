import { spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { PutParameterCommand, paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import { account, client, clientEnvironment, environment, region } from './account.ts';
import { stageEndpoints } from './endpoints.ts';

export interface Target {
  /** LocalStack and the stage, as this machine reaches them. */
  readonly localstack: string;
  readonly stage: string;
  /** The stage as the functions reach it. */
  readonly stageFromFunctions: string;
}

const root = join(import.meta.dirname, '..');

/**
 * Bootstraps LocalStack, deploys the release stack as it is synthesized, and points it at the stage: the service's
 * parameters, which the service's own stacks would write, are copied, and the functions get the endpoints.
 */
export async function deploy({ localstack, stage, stageFromFunctions }: Target): Promise<void> {
  const app = ['--app', 'node bin/understudy.ts', '--context', `environment=${environment}`];
  await cdklocal(localstack, ['bootstrap', `aws://${account}/${region}`, ...app]);
  const stack = `understudy-${environment}-release`;
  await cdklocal(localstack, ['deploy', stack, '--exclusively', '--require-approval', 'never', ...app]);
  await copyParameters(stage, localstack);
  const lambda = new LambdaClient(client(localstack));
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = '' } of Functions) {
      await pointAtStage(lambda, FunctionName, stageEndpoints(stageFromFunctions));
    }
  }
}

function cdklocal(localstack: string, parameters: readonly string[]): Promise<void> {
  const environmentOfCli = clientEnvironment(localstack);
  const child = spawn(join(root, 'node_modules/.bin/cdklocal'), parameters, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...environmentOfCli,
      // By its IP address LocalStack is reached with the bucket in the path, not in the host's name.
      AWS_ENDPOINT_URL_S3: localstack,
      AWS_ENVAR_ALLOWLIST: Object.keys(environmentOfCli).join(','),
      CDK_DEFAULT_ACCOUNT: account,
    },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`cdklocal ${parameters[0]} ended with exit code ${code}.`));
    });
  });
}

async function copyParameters(from: string, to: string): Promise<void> {
  const target = new SSMClient(client(to));
  const pages = paginateGetParametersByPath(
    { client: new SSMClient(client(from)) },
    { Path: `/understudy/${environment}`, Recursive: true },
  );
  for await (const { Parameters = [] } of pages) {
    for (const { Name, Value } of Parameters) {
      await target.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
    }
  }
}

async function pointAtStage(
  lambda: LambdaClient,
  FunctionName: string,
  endpoints: Readonly<Record<string, string>>,
): Promise<void> {
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = { ...Environment?.Variables, ...endpoints };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { FunctionName });
}
