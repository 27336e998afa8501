import { Stack } from 'aws-cdk-lib';
import type { Repository } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { serviceNames } from '../../lambda/domain/names.ts';
import { asInterface } from '../as-interface.ts';
import type { CacheAccess } from '../cache/cache-stack.ts';
import type { ServiceConfig } from '../config/config.ts';
import { databaseUser } from '../database/database-stack.ts';
import { acknowledge } from '../nag.ts';
import { type ServiceStackProps, serviceConfig } from './service-props.ts';

export interface TaskAccessProps extends ServiceStackProps {
  readonly repository: Repository;
  readonly logGroup: LogGroup;
}

/** Variables as they are, and by ECS's `valueFrom`. */
type Told = Readonly<Record<'environment' | 'secrets', Readonly<Record<string, string>>>>;

/** What a task may do, and what it is told and by whom: its roles, its environment, its secrets. */
export class TaskAccess extends Construct {
  /** Of ECS itself: pulls the image, reads the secrets, writes the log. */
  readonly executionRole: Role;
  /** Of the service's own code: its user of the database, and nothing else until the service needs something. */
  readonly taskRole: Role;
  /** Of the service's code on a scratch copy: its user of the database, whatever else the service may come to need. */
  readonly rehearsalRole: Role;
  readonly environment: Readonly<Record<string, string>>;
  /** ECS's `valueFrom` by variable name. */
  readonly secrets: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: TaskAccessProps) {
    super(scope, id);
    const { task } = serviceConfig(props);
    const { family } = serviceNames(props.config.name, props.service);
    const assumedBy = new ServicePrincipal('ecs-tasks.amazonaws.com');
    this.executionRole = new Role(this, 'ExecutionRole', { roleName: `${family}-execution`, assumedBy });
    this.taskRole = new Role(this, 'TaskRole', { roleName: `${family}-task`, assumedBy });
    this.rehearsalRole = new Role(this, 'RehearsalRole', { roleName: `${family}-rehearsal`, assumedBy });

    props.logGroup.grantWrite(this.executionRole);
    props.repository.grantPull(this.executionRole);
    acknowledge(
      this.executionRole,
      'AwsSolutions-IAM5[Resource::*]',
      'ecr:GetAuthorizationToken knows no resource; what it lets ECS pull is named in the statement beside it.',
    );

    const data = task.database === null ? { environment: {}, secrets: {} } : this.dataOf(props);
    const cache = props.cache === null ? { environment: {}, secrets: {} } : this.cacheOf(props.cache);
    this.environment = { ...data.environment, ...cache.environment };
    this.secrets = { ...data.secrets, ...cache.secrets, ...this.serviceSecrets(task, props) };
  }

  /** Where the data is, and as whom. A role signs in anew for each connection, so that nothing in a task can go stale. */
  private dataOf({ config, database, service }: TaskAccessProps): Told {
    const { host, port, tls, signIn } = database;
    const place = { POSTGRES_HOST: host, POSTGRES_PORT: port, POSTGRES_SSL: tls ? 'on' : 'off' };
    if (signIn.kind === 'password') return { environment: place, secrets: this.passwordOf(signIn.secret) };
    const user = databaseUser(config.name, service);
    this.allowSignIn(user);
    return { environment: { ...place, POSTGRES_USER: user, POSTGRES_CONNECTION: 'rds' }, secrets: {} };
  }

  /** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html */
  private allowSignIn(user: string): void {
    const { account, region } = Stack.of(this);
    const resource = (of: string) => `arn:aws:rds-db:${region}:${of}:dbuser:*/${user}`;
    for (const role of [this.taskRole, this.rehearsalRole]) {
      role.addToPolicy(new PolicyStatement({ actions: ['rds-db:connect'], resources: [resource(account)] }));
      acknowledge(
        role,
        `AwsSolutions-IAM5[Resource::${resource('<AWS::AccountId>')}]`,
        'A restored instance has another id, and tasks must reach it at once; only the database of this environment has the user.',
      );
    }
  }

  private passwordOf(secret: ISecret): Record<string, string> {
    this.allowRead(secret);
    return {
      POSTGRES_USER: `${secret.secretArn}:username::`,
      POSTGRES_PASSWORD: `${secret.secretArn}:password::`,
    };
  }

  private cacheOf({ host, port, user, prefix, password }: CacheAccess): Told {
    this.allowRead(password);
    return {
      environment: { CACHE: 'valkey', CACHE_HOST: host, CACHE_PORT: port, CACHE_USER: user, CACHE_PREFIX: prefix },
      secrets: { CACHE_PASSWORD: password.secretArn },
    };
  }

  private serviceSecrets(task: ServiceConfig['task'], props: TaskAccessProps): Record<string, string> {
    return Object.fromEntries(
      Object.entries(task.secrets).map(([variable, kind]) => {
        const secret = kind === 'prober-token' ? props.platform.proberToken : this.generated(variable, props);
        this.allowRead(secret);
        return [variable, secret.secretArn];
      }),
    );
  }

  private generated(variable: string, props: TaskAccessProps): ISecret {
    const secret = new Secret(this, variable, {
      secretName: `understudy-${props.config.name}/${props.service}/${variable}`,
      description: `${variable} of ${props.service}`,
      generateSecretString: { passwordLength: 40, excludePunctuation: true },
    });
    acknowledge(
      secret,
      'AwsSolutions-SMG4',
      'Tasks of two releases must agree on it while both serve; it changes by hand, between releases.',
    );
    return asInterface<ISecret>(secret);
  }

  /** In the role's own policy: a grant would write into the other stack's key and secret policies. */
  private allowRead(secret: ISecret): void {
    this.executionRole.addToPolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] }),
    );
  }
}
