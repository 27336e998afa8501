import type {
  GetParameterCommandInput,
  GetParameterResult,
  GetParametersByPathCommandInput,
  GetParametersByPathResult,
  GetParametersCommandInput,
  GetParametersResult,
  Parameter,
  PutParameterCommandInput,
  PutParameterResult,
} from '@aws-sdk/client-ssm';
import { arn } from '../aws/arn.ts';
import { type Operations, ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import { physicalName, text } from '../deploy/properties.ts';
import type { Provisions } from '../deploy/provision.ts';

interface Stored {
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly version: number;
  readonly modifiedAt: number;
}

/** SSM Parameter Store. */
export class Parameters {
  readonly #clock: Clock;
  readonly #parameters = new Map<string, Stored>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the parameter's new version, counted from 1 */
  put(name: string, value: string, type: Stored['type'] = 'String'): number {
    const version = (this.#parameters.get(name)?.version ?? 0) + 1;
    this.#parameters.set(name, { type, value, version, modifiedAt: this.#clock.now() });
    return version;
  }

  value(name: string): string | null {
    return this.#parameters.get(name)?.value ?? null;
  }

  /** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
  operations(): Operations {
    return {
      GetParameter: (input: GetParameterCommandInput): GetParameterResult => {
        const found = this.#describe(input.Name ?? '');
        if (found === null) throw new ServiceError('ParameterNotFound', `Parameter ${input.Name} not found.`);
        return { Parameter: found };
      },
      GetParameters: (input: GetParametersCommandInput): GetParametersResult => {
        const names = [...new Set(input.Names)];
        if (names.length === 0 || names.length > 10) {
          throw new ServiceError('ValidationException', `GetParameters takes 1 to 10 names, not ${names.length}.`);
        }
        const found = names.map((name) => this.#describe(name));
        return {
          Parameters: found.filter((parameter) => parameter !== null),
          InvalidParameters: names.filter((_, index) => found[index] === null),
        };
      },
      /** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html */
      GetParametersByPath: ({
        Path = '/',
        Recursive = false,
      }: GetParametersByPathCommandInput): GetParametersByPathResult => {
        const below = Path.endsWith('/') ? Path : `${Path}/`;
        const names = [...this.#parameters.keys()].filter(
          (name) => name.startsWith(below) && (Recursive || !name.slice(below.length).includes('/')),
        );
        return { Parameters: names.map((name) => this.#describe(name)).filter((each) => each !== null) };
      },
      PutParameter: (input: PutParameterCommandInput): PutParameterResult => {
        const { Name = '', Value = '', Type = 'String', Overwrite = false } = input;
        if (this.#parameters.has(Name) && !Overwrite) {
          throw new ServiceError(
            'ParameterAlreadyExists',
            `The parameter ${Name} already exists. Set Overwrite to replace it.`,
          );
        }
        return { Version: this.put(Name, Value, Type), Tier: 'Standard' };
      },
    };
  }

  provisions(): Provisions {
    return {
      'AWS::SSM::Parameter': (resource) => {
        const name = physicalName(resource, 'Name');
        const value = text(resource, 'Value');
        if (this.value(name) !== value) this.put(name, value);
        return { ref: name, attributes: { Type: 'String', Value: value } };
      },
    };
  }

  #describe(name: string): Parameter | null {
    const stored = this.#parameters.get(name);
    if (stored === undefined) return null;
    return {
      Name: name,
      Type: stored.type,
      Value: stored.value,
      Version: stored.version,
      LastModifiedDate: new Date(stored.modifiedAt),
      ARN: arn('ssm', `parameter/${name.replace(/^\//, '')}`),
      DataType: 'text',
    };
  }
}
