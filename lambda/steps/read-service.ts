import { z } from 'zod';
import { isNamed, Unworkable } from '../aws/errors.ts';
import { readParameters } from '../aws/ssm.ts';
import { serviceNames } from '../domain/names.ts';
import {
  type ServiceDescription,
  type ServiceShape,
  serviceDescriptionSchema,
  serviceShapeSchema,
} from '../domain/service.ts';

/**
 * What the service's stack says of it; a refusal in words for a service that is not deployed.
 * @throws Unworkable when a parameter's value is not of the form that this version works with
 */
export async function readService(
  environmentName: string,
  service: string,
): Promise<{ description: ServiceDescription; shape: ServiceShape } | string> {
  const names = serviceNames(environmentName, service);
  const values = await readKnown([names.descriptionParameter, names.shapeParameter]);
  const description = values.get(names.descriptionParameter);
  const shape = values.get(names.shapeParameter);
  if (description === undefined || shape === undefined) {
    return `The environment ${environmentName} has no service ${service} that the workflow may release. Deploy its stacks and the release stack, or name another.`;
  }
  return {
    description: read(names.descriptionParameter, serviceDescriptionSchema, description),
    shape: read(names.shapeParameter, serviceShapeSchema, shape),
  };
}

/** The workflow's roles name the services of the configuration: of others they may not even ask. */
async function readKnown(names: readonly string[]): Promise<Map<string, string>> {
  try {
    return await readParameters(names);
  } catch (error) {
    if (isNamed(error, 'AccessDeniedException')) return new Map();
    throw error;
  }
}

function read<Value>(name: string, schema: z.ZodType<Value>, text: string): Value {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const what = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Unworkable(
      `The parameter ${name} is not of the form that the workflow knows: ${what}. Deploy the service's stack again.`,
      {
        cause: error,
      },
    );
  }
}
