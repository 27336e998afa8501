import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { arn } from '../aws/arn.ts';
import { get, text } from '../aws/iam/inputs.ts';
import * as property from '../deploy/properties.ts';
import type { Provisions, Resource } from '../deploy/provision.ts';
import type { Functions } from './functions.ts';

export interface FunctionProvisionOptions {
  readonly functions: Functions;
  /** Folder of a file asset, by its key in the bootstrap bucket. */
  readonly asset: (objectKey: string) => string;
  /** Where code that a template holds itself is written to. */
  readonly inlineFolder: string;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export function functionProvisions({ functions, asset, inlineFolder }: FunctionProvisionOptions): Provisions {
  const folder = (resource: Resource): string => {
    const code = resource.properties['Code'];
    const inline = get(code, 'ZipFile');
    if (typeof inline !== 'string') return asset(String(get(code, 'S3Key')));
    const path = join(inlineFolder, `${resource.stack}-${resource.logicalId}`);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'index.cjs'), inline);
    return path;
  };
  return {
    'AWS::Lambda::Function': async (resource) => {
      const name = property.physicalName(resource, 'FunctionName');
      const functionArn = arn('lambda', `function:${name}`);
      await functions.define({
        name,
        arn: functionArn,
        role: property.text(resource, 'Role').split('/').at(-1) ?? '',
        folder: folder(resource),
        handler: property.text(resource, 'Handler'),
        timeoutSeconds: property.optionalNumber(resource, 'Timeout') ?? 3,
        memoryMb: property.optionalNumber(resource, 'MemorySize') ?? 128,
        environment: variables(resource),
        inVpc: resource.properties['VpcConfig'] !== undefined,
        logGroup: text(get(resource.properties['LoggingConfig'], 'LogGroup')) || `/aws/lambda/${name}`,
      });
      return { ref: name, attributes: { Arn: functionArn } };
    },
  };
}

function variables(resource: Resource): Record<string, string> {
  const given = Object.entries(Object(get(resource.properties['Environment'], 'Variables') ?? {}));
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
