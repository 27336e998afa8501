import { ServiceError } from '../aws/operation.ts';
import type { NewTaskSet } from './ports.ts';

interface Content {
  readonly Hooks?: readonly object[];
  readonly Resources?: readonly {
    readonly TargetService?: {
      readonly Properties?: {
        readonly TaskDefinition?: string;
        readonly LoadBalancerInfo?: { readonly ContainerName?: string; readonly ContainerPort?: number };
        readonly PlatformVersion?: string;
        readonly NetworkConfiguration?: {
          readonly AwsvpcConfiguration?: {
            readonly Subnets: readonly string[];
            readonly SecurityGroups?: readonly string[];
            readonly AssignPublicIp?: 'ENABLED' | 'DISABLED';
          };
        };
      };
    };
  }[];
}

/**
 * Reads the AppSpec of an ECS deployment. The stage reads JSON, and refuses hooks: Understudy uses none.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 * @throws ServiceError InvalidRevisionException
 */
export function readAppSpec(content: string | undefined): Omit<NewTaskSet, 'targetGroup' | 'externalId'> {
  const appSpec = parse(content);
  if (appSpec.Hooks !== undefined && appSpec.Hooks.length > 0) throw invalid('the stage runs no hooks');
  const properties = appSpec.Resources?.[0]?.TargetService?.Properties;
  const { TaskDefinition: taskDefinition, LoadBalancerInfo: target } = properties ?? {};
  if (!taskDefinition || !target?.ContainerName || !target.ContainerPort) {
    throw invalid('it needs TaskDefinition and LoadBalancerInfo with ContainerName and ContainerPort');
  }
  const network = properties?.NetworkConfiguration?.AwsvpcConfiguration;
  return {
    taskDefinition,
    container: target.ContainerName,
    port: target.ContainerPort,
    platformVersion: properties?.PlatformVersion ?? null,
    networkConfiguration: network
      ? {
          awsvpcConfiguration: {
            subnets: [...network.Subnets],
            securityGroups: [...(network.SecurityGroups ?? [])],
            assignPublicIp: network.AssignPublicIp ?? 'DISABLED',
          },
        }
      : null,
  };
}

function parse(content: string | undefined): Content {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every field that is read is checked
    return JSON.parse(content ?? '') as Content;
  } catch (error) {
    throw invalid(`it is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

const invalid = (why: string): ServiceError =>
  new ServiceError('InvalidRevisionException', `The AppSpec of an ECS deployment is refused: ${why}.`);
