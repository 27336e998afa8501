import { z } from 'zod';
import { ServiceError } from '../aws/operation.ts';
import type { NewTaskSet } from './ports.ts';

const strings = z.array(z.string());

const contentSchema = z.object({
  Hooks: z.array(z.unknown()).max(0, 'the stage runs no hooks').optional(),
  Resources: z.tuple([
    z.object({
      TargetService: z.object({
        Properties: z.object({
          TaskDefinition: z.string().min(1),
          LoadBalancerInfo: z.object({ ContainerName: z.string().min(1), ContainerPort: z.coerce.number().int() }),
          PlatformVersion: z.string().optional(),
          NetworkConfiguration: z
            .object({
              AwsvpcConfiguration: z.object({
                Subnets: strings,
                SecurityGroups: strings.default([]),
                AssignPublicIp: z.enum(['ENABLED', 'DISABLED']).default('DISABLED'),
              }),
            })
            .optional(),
        }),
      }),
    }),
  ]),
});

/**
 * Reads the AppSpec of an ECS deployment. CodeDeploy takes YAML, too; the stage reads JSON. Hooks are refused:
 * Understudy uses none.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 * @throws ServiceError RevisionRequiredException, InvalidRevisionException
 */
export function readAppSpec(content: string | undefined): Omit<NewTaskSet, 'targetGroup' | 'externalId'> {
  if (content === undefined) {
    throw new ServiceError('RevisionRequiredException', 'The revision has no AppSpec as its content.');
  }
  const read = contentSchema.safeParse(parse(content));
  if (!read.success) throw invalid(z.prettifyError(read.error));
  const { Properties: properties } = read.data.Resources[0].TargetService;
  const network = properties.NetworkConfiguration?.AwsvpcConfiguration;
  return {
    taskDefinition: properties.TaskDefinition,
    container: properties.LoadBalancerInfo.ContainerName,
    port: properties.LoadBalancerInfo.ContainerPort,
    platformVersion: properties.PlatformVersion ?? null,
    networkConfiguration: network
      ? {
          awsvpcConfiguration: {
            subnets: network.Subnets,
            securityGroups: network.SecurityGroups,
            assignPublicIp: network.AssignPublicIp,
          },
        }
      : null,
  };
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw invalid(`it is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

function invalid(why: string): ServiceError {
  return new ServiceError('InvalidRevisionException', `The AppSpec of an ECS deployment is refused: ${why}`);
}
