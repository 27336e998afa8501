import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { environmentNames, stepFunctionName } from '../../lambda/domain/names.ts';
import type { EnvironmentConfig } from '../config/config.ts';
import { WorkflowFunction } from '../functions/workflow-function.ts';
import { acknowledge } from '../nag.ts';
import { definition } from './definition.ts';
import { FreezeCalendar } from './freeze-calendar.ts';
import { acknowledgeWide, toStatement } from './grant.ts';
import { Ledger } from './ledger.ts';
import { Notifications } from './notifications.ts';
import { permissions } from './permissions.ts';
import { Resources } from './resources.ts';
import { type StepName, stepNames, steps } from './steps.ts';

export interface ReleaseStackProps extends StackProps {
  readonly config: EnvironmentConfig;
}

/**
 * The release workflow: state machine, a function for each of its steps, ledger and notifications. It
 * knows the other stacks by name only, and deploys alone.
 */
export class ReleaseStack extends Stack {
  private readonly config: EnvironmentConfig;

  constructor(scope: Construct, id: string, props: ReleaseStackProps) {
    super(scope, id, props);
    this.config = props.config;
    const names = environmentNames(this.config.name);
    const stateMachineArn = `arn:aws:states:${this.region}:${this.account}:stateMachine:${names.releaseStateMachine}`;
    const ledger = new Ledger(this, 'Ledger', this.config);
    const notifications = new Notifications(this, 'Notifications', { config: this.config, stateMachineArn });

    const { freezeCalendar } = this.config.releases;
    if (freezeCalendar !== null) {
      new FreezeCalendar(this, 'FreezeCalendar', { environment: this.config.name, path: freezeCalendar });
    }

    const resources = new Resources(this, this.config);
    const granted = permissions(resources, {
      ledger: ledger.table.tableArn,
      topic: notifications.topic.topicArn,
      topicKey: notifications.key.keyArn,
    });
    const environment = {
      ENVIRONMENT: this.config.name,
      LEDGER_TABLE: ledger.table.tableName,
      RELEASE_TOPIC_ARN: notifications.topic.topicArn,
      PROBER_FUNCTION: names.prober,
    };
    const functions = stepNames.map((name) => this.stepFunction(name, granted[name], resources, environment));
    this.stateMachine(functions);
  }

  private stepFunction(
    name: StepName,
    grants: Parameters<typeof acknowledgeWide>[1],
    resources: Resources,
    environment: Readonly<Record<string, string>>,
  ): WorkflowFunction {
    const step = new WorkflowFunction(this, name, {
      functionName: stepFunctionName(this.config.name, name),
      entry: `lambda/steps/${name.toLowerCase()}.ts`,
      description: steps[name].description,
      timeout: Duration.seconds(steps[name].timeoutSeconds),
      environment,
      policies: grants.map(toStatement),
    });
    acknowledgeWide(step.role, grants, (arn) => resources.readable(arn));
    return step;
  }

  private stateMachine(functions: readonly WorkflowFunction[]): void {
    const name = environmentNames(this.config.name).releaseStateMachine;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/vendedlogs/states/${name}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: this.config.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'StateMachineRole', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: functions.map((each) => each.function.functionArn),
      }),
    );
    const machine = new StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition(this.config.name))),
      role,
      tracingEnabled: true,
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
    });
    acknowledge(
      machine,
      'AwsSolutions-IAM5[Resource::*]',
      'Log delivery and X-Ray of Step Functions know no resource to limit them to.',
    );
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'Log delivery and X-Ray of Step Functions know no resource to limit them to.',
    );
  }
}
