import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { environmentNames, serviceNames } from '../../lambda/domain/names.ts';
import type { EnvironmentConfig } from '../config/config.ts';

/**
 * ARNs of what the workflow works with in the other stacks, built from the names that both sides
 * know, so that the release stack deploys alone.
 */
export class Resources {
  readonly services: readonly string[];
  private readonly stack: Stack;
  private readonly environment: string;

  constructor(scope: Construct, config: EnvironmentConfig) {
    this.stack = Stack.of(scope);
    this.environment = config.name;
    this.services = Object.keys(config.services);
  }

  /** The account's token as cdk-nag writes it in its findings. */
  readable(arn: string): string {
    return arn.replaceAll(this.stack.account, '<AWS::AccountId>');
  }

  private arn(service: string, rest: string, region = this.stack.region): string {
    return `arn:aws:${service}:${region}:${this.stack.account}:${rest}`;
  }

  private eachService(arn: (service: string, names: ReturnType<typeof serviceNames>) => string): string[] {
    return this.services.map((service) => arn(service, serviceNames(this.environment, service)));
  }

  private get cluster(): string {
    return environmentNames(this.environment).cluster;
  }

  get clusterArn(): string {
    return this.arn('ecs', `cluster/${this.cluster}`);
  }

  get ecsServices(): string[] {
    return this.eachService((service) => this.arn('ecs', `service/${this.cluster}/${service}`));
  }

  get tasks(): string {
    return this.arn('ecs', `task/${this.cluster}/*`);
  }

  get revisions(): string[] {
    return this.eachService((_, { family }) => this.arn('ecs', `task-definition/${family}:*`));
  }

  get taskRoles(): string[] {
    return this.services.flatMap((service) => {
      const { family } = serviceNames(this.environment, service);
      return [`${family}-execution`, `${family}-task`].map((name) => this.arn('iam', `role/${name}`, ''));
    });
  }

  /** Of the tasks on a scratch copy. */
  get rehearsalRoles(): string[] {
    return this.eachService((_, { family }) => this.arn('iam', `role/${family}-rehearsal`, ''));
  }

  get database(): string {
    return this.arn('rds', `db:${environmentNames(this.environment).prefix}`);
  }

  /** Those that releases take. */
  get snapshots(): string {
    return this.arn('rds', `snapshot:${environmentNames(this.environment).prefix}-*`);
  }

  get allSnapshots(): string {
    return this.arn('rds', 'snapshot:*');
  }

  get deploymentGroups(): string[] {
    return this.eachService((_, { family }) => this.arn('codedeploy', `deploymentgroup:${family}/${family}`));
  }

  get codeDeployApplications(): string[] {
    return this.eachService((_, { family }) => this.arn('codedeploy', `application:${family}`));
  }

  get deploymentConfigs(): string[] {
    const own = this.eachService((_, { family }) => this.arn('codedeploy', `deploymentconfig:${family}-*`));
    return [...own, this.arn('codedeploy', 'deploymentconfig:CodeDeployDefault.ECSAllAtOnce')];
  }

  get repositories(): string[] {
    return this.eachService((_, { repository }) => this.arn('ecr', `repository/${repository}`));
  }

  get logStreams(): string[] {
    return this.eachService((_, { logGroup }) => this.arn('logs', `log-group:${logGroup}:log-stream:*`));
  }

  get parameters(): string[] {
    return this.services.flatMap((service) => {
      const { descriptionParameter, shapeParameter } = serviceNames(this.environment, service);
      return [descriptionParameter, shapeParameter].map((name) => this.arn('ssm', `parameter${name}`));
    });
  }

  get freezeCalendar(): string {
    return this.arn('ssm', `parameter${environmentNames(this.environment).freezeCalendarParameter}`);
  }

  get alarms(): string {
    return this.arn('cloudwatch', 'alarm:*');
  }

  /** What a call names that names no alarm. */
  get noAlarm(): string {
    return this.arn('cloudwatch', 'alarm:');
  }

  get scalableTargets(): string {
    return this.arn('application-autoscaling', 'scalable-target/*');
  }

  get proberToken(): string {
    const { prefix } = environmentNames(this.environment);
    return this.arn('secretsmanager', `secret:${prefix}/prober-token-??????`);
  }

  get prober(): string {
    return this.arn('lambda', `function:${environmentNames(this.environment).prober}`);
  }

  /** Of both state machines. */
  get executions(): string[] {
    const { releaseStateMachine, rollbackStateMachine } = environmentNames(this.environment);
    return [releaseStateMachine, rollbackStateMachine].map((machine) => this.arn('states', `execution:${machine}:*`));
  }

  get eventBus(): string {
    return this.arn('events', 'event-bus/default');
  }
}
