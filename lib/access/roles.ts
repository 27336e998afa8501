import { environmentNames, serviceNames } from '../../lambda/domain/names.ts';
import type { AccessConfig } from '../config/access-schema.ts';
import type { Grant } from '../release/grant.ts';
import type { GithubContext } from './github.ts';

/** A role for somebody outside: who gets it, and all that it may do. */
export interface AccessRole {
  readonly name: string;
  readonly description: string;
  /** The pipeline that gets it; null for people only. */
  readonly pipeline: { readonly context: GithubContext; readonly refs: readonly string[] | null } | null;
  /** ARNs of the roles of people who get it. */
  readonly people: readonly string[];
  readonly grants: readonly Grant[];
}

/** Where the environment is. */
export interface Place {
  readonly environment: string;
  readonly services: readonly string[];
  readonly region: string;
  readonly account: string;
}

/** CDK's own: the qualifier of a bootstrap that was not given one. */
const bootstrapQualifier = 'hnb659fds';

/**
 * All roles of an environment, as narrow as their work. Resource types by action:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function accessRoles(access: AccessConfig, place: Place): AccessRole[] {
  const { environment } = place;
  const at = arnsOf(place);
  const pipeline = (suffix: string) => ({ context: { environment: `${environment}${suffix}` }, refs: access.refs });
  return [
    {
      name: 'release',
      description: 'Pushes images, starts releases and reads how they go',
      pipeline: pipeline(''),
      people: [],
      grants: [...push(at), start(at.releaseMachine), ...follow([at.releaseMachine])],
    },
    {
      name: 'rollback',
      description: 'Starts a rollback, cancels a release, reads how both go and what serves',
      pipeline: pipeline('-rollback'),
      people: access.onCall,
      grants: [
        start(at.rollbackMachine),
        ...follow([at.releaseMachine, at.rollbackMachine]),
        readLedger(at.ledger),
        signal(at.ledger),
        ...readServing(at),
      ],
    },
    {
      name: 'approve',
      description: 'Approves a release that waits for it, reads how it goes',
      pipeline: null,
      people: access.approvers,
      grants: [...follow([at.releaseMachine]), readLedger(at.ledger), signal(at.ledger), ...readServing(at)],
    },
    {
      name: 'diff',
      description: 'Compares the templates of a pull request with what is deployed',
      pipeline: { context: 'pull_request', refs: null },
      people: [],
      grants: [readTemplates(at.stacks)],
    },
    {
      name: 'deploy',
      description: 'Deploys the infrastructure through the roles of the CDK bootstrap',
      pipeline: pipeline('-infrastructure'),
      people: [],
      grants: [assumeBootstrap(at.bootstrapRoles(bootstrapQualifier))],
    },
    ...(access.reviewQualifier === null
      ? []
      : [
          {
            name: 'review',
            description: 'Deploys review environments through a CDK bootstrap of their own',
            pipeline: { context: { environment: `${environment}-review` }, refs: null },
            people: [],
            grants: [assumeBootstrap(at.bootstrapRoles(access.reviewQualifier))],
          },
        ]),
  ];
}

type Arns = ReturnType<typeof arnsOf>;

function arnsOf({ environment, services, region, account }: Place) {
  const names = environmentNames(environment);
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
  return {
    repositories: services.map((service) => arn('ecr', `repository/${serviceNames(environment, service).repository}`)),
    releaseMachine: arn('states', `stateMachine:${names.releaseStateMachine}`),
    rollbackMachine: arn('states', `stateMachine:${names.rollbackStateMachine}`),
    ledger: arn('dynamodb', `table/${names.ledgerTable}`),
    parameters: ['', '/*'].map((below) => arn('ssm', `parameter/understudy/${environment}/services${below}`)),
    ecsServices: services.map((service) => arn('ecs', `service/${names.cluster}/${service}`)),
    alarms: arn('cloudwatch', 'alarm:*'),
    stacks: arn('cloudformation', `stack/${names.prefix}-*/*`),
    bootstrapRoles: (qualifier: string) =>
      ['deploy', 'file-publishing', 'lookup'].map(
        (kind) => `arn:aws:iam::${account}:role/cdk-${qualifier}-${kind}-role-${account}-${region}`,
      ),
  };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
function push({ repositories }: Arns): Grant[] {
  return [
    { actions: ['ecr:GetAuthorizationToken'], resources: ['*'], why: 'The action cannot be limited to a resource.' },
    {
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:InitiateLayerUpload',
        'ecr:UploadLayerPart',
        'ecr:CompleteLayerUpload',
        'ecr:PutImage',
        'ecr:BatchGetImage',
      ],
      resources: repositories,
    },
  ];
}

function start(machine: string): Grant {
  return { actions: ['states:StartExecution'], resources: [machine] };
}

function follow(machines: readonly string[]): Grant[] {
  return [
    { actions: ['states:ListExecutions'], resources: machines },
    {
      actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
      resources: machines.map((machine) => `${machine.replace(':stateMachine:', ':execution:')}:*`),
      why: 'Each release names its own execution.',
    },
  ];
}

function readLedger(ledger: string): Grant {
  return { actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [ledger] };
}

/**
 * A signal to a running release is an item under a key of its own, and nothing else of the ledger can be written
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html).
 */
function signal(ledger: string): Grant {
  return {
    actions: ['dynamodb:PutItem'],
    resources: [ledger],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'SIGNAL#*' } },
  };
}

/** What the command `status` looks at. */
function readServing({ parameters, ecsServices, alarms }: Arns): Grant[] {
  return [
    {
      actions: ['ssm:GetParametersByPath'],
      resources: parameters,
      why: 'The services of the environment are read at once, by the path that they have in common.',
    },
    { actions: ['ecs:DescribeServices'], resources: ecsServices },
    {
      actions: ['ecs:DescribeTaskDefinition', 'application-autoscaling:DescribeScalableTargets'],
      resources: ['*'],
      why: 'Descriptions cannot be limited to a resource.',
    },
    {
      actions: ['cloudwatch:DescribeAlarms'],
      resources: [alarms],
      why: 'CloudWatch asks for the permission on all alarms, whichever names the call gives.',
    },
  ];
}

/** What `cdk diff --method=template` reads, which makes no change set. */
function readTemplates(stacks: string): Grant {
  return {
    actions: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
    resources: [stacks],
    why: 'One environment has many stacks, all of one prefix, and CloudFormation ends their ARNs in an id.',
  };
}

/** https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
function assumeBootstrap(roles: readonly string[]): Grant {
  return { actions: ['sts:AssumeRole'], resources: roles };
}
