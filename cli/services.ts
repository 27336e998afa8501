import { GetParametersByPathCommand, type Parameter } from '@aws-sdk/client-ssm';
import { serviceNames } from '../lambda/domain/names.ts';
import {
  type ServiceDescription,
  type ServiceShape,
  serviceDescriptionSchema,
  serviceShapeSchema,
} from '../lambda/domain/service.ts';
import type { Account } from './account.ts';
import { Failure } from './failure.ts';

const root = '/understudy/';

/** What `cdk deploy` has written down of a service. */
export interface DeployedService {
  readonly service: string;
  /** Null when it is of a form that this version does not know. */
  readonly description: ServiceDescription | null;
  readonly shape: ServiceShape | null;
}

/**
 * The services of the environment.
 * @throws Failure naming the environments that there are when there is none of this name
 */
export async function deployedServices(account: Account): Promise<DeployedService[]> {
  const { environment } = account.target;
  const parameters = await below(account, `${root}${environment}/services/`);
  const services = [...new Set(parameters.map((name) => name.Name?.split('/')[4] ?? ''))].filter(Boolean).toSorted();
  if (services.length === 0) throw new Failure(await noEnvironment(account));
  return services.map((service) => {
    const names = serviceNames(environment, service);
    return {
      service,
      description: serviceDescriptionSchema.safeParse(valueOf(parameters, names.descriptionParameter)).data ?? null,
      shape: serviceShapeSchema.safeParse(valueOf(parameters, names.shapeParameter)).data ?? null,
    };
  });
}

function valueOf(parameters: readonly Parameter[], name: string): unknown {
  const text = parameters.find(({ Name }) => Name === name)?.Value;
  return text === undefined ? undefined : JSON.parse(text);
}

/** @throws Failure naming the services that there are */
export async function knownService(account: Account, service: string): Promise<string> {
  return (await deployedService(account, service)).service;
}

export async function deployedService(account: Account, wanted: string): Promise<DeployedService> {
  const services = await deployedServices(account);
  const found = services.find(({ service }) => service === wanted);
  if (found !== undefined) return found;
  const names = services.map(({ service }) => service).join(', ');
  throw new Failure(`The environment ${account.target.environment} has no service ${wanted}. It has: ${names}.`);
}

async function noEnvironment(account: Account): Promise<string> {
  const { environment, endpointText } = account.target;
  // Narrow roles may read their own environment only.
  const all = await below(account, root).catch((error: unknown): Parameter[] => {
    if (error instanceof Error && error.name.startsWith('AccessDenied')) return [];
    throw error;
  });
  const known = [...new Set(all.map(({ Name }) => Name?.split('/')[2] ?? ''))].filter(Boolean).toSorted();
  const there = known.length === 0 ? 'none is to be seen there' : `there are: ${known.join(', ')}`;
  return `There is no environment ${environment} at ${endpointText}; ${there}. Check --environment, --region and the account (${(await account.identity()).account}).`;
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html */
async function below(account: Account, Path: string): Promise<Parameter[]> {
  const ssm = await account.client('ssm');
  const found: Parameter[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ssm.send(new GetParametersByPathCommand({ Path, Recursive: true, NextToken }));
    found.push(...(page.Parameters ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}
