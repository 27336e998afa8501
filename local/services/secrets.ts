import { createHash, randomInt } from 'node:crypto';
import type {
  DescribeSecretCommandInput,
  DescribeSecretResponse,
  GetSecretValueCommandInput,
  GetSecretValueResponse,
  ListSecretsResponse,
} from '@aws-sdk/client-secrets-manager';
import { arn } from '../aws/arn.ts';
import { type Operations, ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import { optionalText, physicalName, text } from '../deploy/properties.ts';
import type { Provisions, Resource } from '../deploy/provision.ts';

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly value: string;
  readonly createdAt: number;
}

/** Secrets Manager. */
export class Secrets {
  readonly #clock: Clock;
  readonly #secrets = new Map<string, Secret>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sets a secret's text, by name. */
  put(name: string, value: string): Secret {
    // The six characters that Secrets Manager ends an ARN in; here the same at every run.
    const ending = createHash('sha256').update(name).digest('hex').slice(0, 6);
    const secret = {
      name,
      arn: arn('secretsmanager', `secret:${name}-${ending}`),
      value,
      createdAt: this.#clock.now(),
    };
    this.#secrets.set(name, secret);
    return secret;
  }

  /** By name or ARN; null when there is none. */
  value(id: string): string | null {
    return this.#find(id)?.value ?? null;
  }

  operations(): Operations {
    const existing = (id = ''): Secret => {
      const secret = this.#find(id);
      if (secret !== null) return secret;
      throw new ServiceError('ResourceNotFoundException', `Secrets Manager can't find the specified secret: ${id}.`);
    };
    return {
      ListSecrets: (): ListSecretsResponse => ({
        SecretList: [...this.#secrets.values()].map((each) => ({
          ARN: each.arn,
          Name: each.name,
          CreatedDate: new Date(each.createdAt),
        })),
      }),
      DescribeSecret: ({ SecretId }: DescribeSecretCommandInput): DescribeSecretResponse => {
        const secret = existing(SecretId);
        return { ARN: secret.arn, Name: secret.name };
      },
      GetSecretValue: ({ SecretId }: GetSecretValueCommandInput): GetSecretValueResponse => {
        const secret = existing(SecretId);
        return {
          ARN: secret.arn,
          Name: secret.name,
          SecretString: secret.value,
          VersionStages: ['AWSCURRENT'],
          CreatedDate: new Date(secret.createdAt),
        };
      },
    };
  }

  provisions(): Provisions {
    return {
      'AWS::SecretsManager::Secret': (resource) => {
        const name = physicalName(resource, 'Name');
        // A generated value is kept when the stack is deployed again.
        const secret = this.#find(name) ?? this.put(name, initialValue(resource));
        return { ref: secret.arn, attributes: { Id: secret.arn } };
      },
      // It would add the database's address; tasks get that from their environment.
      'AWS::SecretsManager::SecretTargetAttachment': (resource) => ({
        ref: text(resource, 'SecretId'),
        attributes: {},
      }),
    };
  }

  #find(id: string): Secret | null {
    return this.#secrets.get(id) ?? [...this.#secrets.values()].find((secret) => secret.arn === id) ?? null;
  }
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html */
function initialValue(resource: Resource): string {
  const given = optionalText(resource, 'SecretString');
  if (given !== undefined) return given;
  const generate = resource.properties['GenerateSecretString'];
  if (typeof generate !== 'object' || generate === null) return '';
  const option = (name: string): unknown => Reflect.get(generate, name);
  const kinds: readonly (readonly [without: string, characters: string])[] = [
    ['ExcludeLowercase', letters],
    ['ExcludeUppercase', letters.toUpperCase()],
    ['ExcludeNumbers', '0123456789'],
    ['ExcludePunctuation', punctuation],
  ];
  const excluded = option('ExcludeCharacters');
  const characters = kinds
    .filter(([without]) => option(without) !== true)
    .flatMap(([, all]) => all.split(''))
    .filter((character) => typeof excluded !== 'string' || !excluded.includes(character));
  const length = Number(option('PasswordLength') ?? 32);
  const password = Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
  const template = option('SecretStringTemplate');
  const key = option('GenerateStringKey');
  if (typeof template !== 'string' || typeof key !== 'string') return password;
  return JSON.stringify({ ...JSON.parse(template), [key]: password });
}
