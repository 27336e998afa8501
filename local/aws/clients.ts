import { rpcV2Cbor } from './protocols/cbor.ts';
import { awsJson } from './protocols/json.ts';
import type { Protocol } from './protocols/protocol.ts';
import { queryProtocol } from './protocols/query.ts';
import { restJson } from './protocols/rest-json.ts';
import { ServiceSchemas } from './protocols/schema.ts';

/** What a service speaks: the shapes of its operations, and the protocols its clients may choose from. */
export interface ServiceModel {
  readonly schemas: ServiceSchemas;
  readonly protocols: readonly Protocol[];
}

const namespace = (host: string, version: string): string => `http://${host}.amazonaws.com/doc/${version}/`;

/**
 * The SDK client whose schemas describe each service, by the name that requests are signed for. Loaded when
 * the first request comes, because some of these packages take a quarter of a second.
 */
const models = {
  'application-autoscaling': async () => json(await import('@aws-sdk/client-application-auto-scaling')),
  codedeploy: async () => json(await import('@aws-sdk/client-codedeploy')),
  ec2: async () => query(await import('@aws-sdk/client-ec2'), 'ec2Query', namespace('ec2', '2016-11-15')),
  ecr: async () => json(await import('@aws-sdk/client-ecr')),
  ecs: async () => json(await import('@aws-sdk/client-ecs')),
  elasticloadbalancing: async () =>
    query(
      await import('@aws-sdk/client-elastic-load-balancing-v2'),
      'awsQuery',
      namespace('elasticloadbalancing', '2015-12-01'),
    ),
  events: async () => json(await import('@aws-sdk/client-eventbridge')),
  lambda: async () => {
    const schemas = new ServiceSchemas(await import('@aws-sdk/client-lambda'));
    return { schemas, protocols: [restJson(schemas)] };
  },
  logs: async () => json(await import('@aws-sdk/client-cloudwatch-logs')),
  monitoring: async () => {
    const schemas = new ServiceSchemas(await import('@aws-sdk/client-cloudwatch'));
    const xml = queryProtocol('awsQuery', namespace('monitoring', '2010-08-01'));
    return { schemas, protocols: [awsJson, rpcV2Cbor, xml] };
  },
  rds: async () => query(await import('@aws-sdk/client-rds'), 'awsQuery', namespace('rds', '2014-10-31')),
  secretsmanager: async () => json(await import('@aws-sdk/client-secrets-manager')),
  sns: async () => query(await import('@aws-sdk/client-sns'), 'awsQuery', namespace('sns', '2010-03-31')),
  ssm: async () => json(await import('@aws-sdk/client-ssm')),
  states: async () => json(await import('@aws-sdk/client-sfn')),
  sts: async () => query(await import('@aws-sdk/client-sts'), 'awsQuery', 'https://sts.amazonaws.com/doc/2011-06-15/'),
} satisfies Record<string, () => Promise<ServiceModel>>;

export type ServiceName = keyof typeof models;

export function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(models, name);
}

const loaded = new Map<ServiceName, Promise<ServiceModel>>();

export function serviceModel(name: ServiceName): Promise<ServiceModel> {
  const model = loaded.get(name) ?? models[name]();
  loaded.set(name, model);
  return model;
}

function json(clientPackage: object): ServiceModel {
  return { schemas: new ServiceSchemas(clientPackage), protocols: [awsJson] };
}

function query(clientPackage: object, dialect: 'awsQuery' | 'ec2Query', xmlNamespace: string): ServiceModel {
  return { schemas: new ServiceSchemas(clientPackage), protocols: [queryProtocol(dialect, xmlNamespace)] };
}
