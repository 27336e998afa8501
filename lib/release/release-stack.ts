import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { environmentNames, stepFunctionName } from '../../lambda/domain/names.ts';
import type { EnvironmentConfig } from '../config/config.ts';
import { WorkflowFunction } from '../functions/workflow-function.ts';
import { definition } from './definition.ts';
import { FreezeCalendar } from './freeze-calendar.ts';
import { acknowledgeWide, toStatement } from './grant.ts';
import { grants } from './grants.ts';
import { Ledger } from './ledger.ts';
import { Notifications } from './notifications.ts';
import { Recovery } from './recovery.ts';
import { Resources } from './resources.ts';
import { type FunctionName, functionNames, functions, rollbackOpener } from './steps.ts';
import { Workflow } from './workflow.ts';

export interface ReleaseStackProps extends StackProps {
  readonly config: EnvironmentConfig;
}

/**
 * The release workflow: two state machines, a function for each of their steps, recovery, ledger and notifications. It
 * knows the other stacks by name only, and deploys alone.
 */
export class ReleaseStack extends Stack {
  private readonly config: EnvironmentConfig;

  constructor(scope: Construct, id: string, props: ReleaseStackProps) {
    super(scope, id, props);
    this.config = props.config;
    const names = environmentNames(this.config.name);
    const stateMachineArns = [names.releaseStateMachine, names.rollbackStateMachine].map(
      (machine) => `arn:aws:states:${this.region}:${this.account}:stateMachine:${machine}`,
    );
    const ledger = new Ledger(this, 'Ledger', this.config);
    const notifications = new Notifications(this, 'Notifications', { config: this.config, stateMachineArns });

    const { freezeCalendar } = this.config.releases;
    if (freezeCalendar !== null) {
      new FreezeCalendar(this, 'FreezeCalendar', { environment: this.config.name, path: freezeCalendar });
    }

    const resources = new Resources(this, this.config);
    const the = grants(resources, {
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
    const own = new Map(
      functionNames.map((name) => [
        name,
        this.stepFunction(name, [...the.everyStep, ...functions[name].may(the)], resources, environment),
      ]),
    );
    const allBut = (opener: FunctionName) => [...own].flatMap(([name, each]) => (name === opener ? [] : [each]));
    new Workflow(this, 'Release', {
      config: this.config,
      name: names.releaseStateMachine,
      definition: definition(this.config.name, 'release'),
      functions: allBut(rollbackOpener),
    });
    const rollback = new Workflow(this, 'Rollback', {
      config: this.config,
      name: names.rollbackStateMachine,
      definition: definition(this.config.name, 'rollback'),
      functions: allBut('Open'),
    });
    new Recovery(this, 'Recovery', {
      environment: this.config.name,
      of: stateMachineArns,
      by: rollback.machine,
    });
  }

  private stepFunction(
    name: FunctionName,
    granted: Parameters<typeof acknowledgeWide>[1],
    resources: Resources,
    environment: Readonly<Record<string, string>>,
  ): WorkflowFunction {
    const step = new WorkflowFunction(this, name, {
      functionName: stepFunctionName(this.config.name, name),
      entry: `lambda/steps/${name.toLowerCase()}.ts`,
      description: functions[name].description,
      timeout: Duration.seconds(functions[name].timeoutSeconds),
      environment,
      policies: granted.map(toStatement),
    });
    acknowledgeWide(step.role, granted, (arn) => resources.readable(arn));
    return step;
  }
}
