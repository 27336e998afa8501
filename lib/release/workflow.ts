import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/config.ts';
import type { WorkflowFunction } from '../functions/workflow-function.ts';
import { acknowledge } from '../nag.ts';
import type { Definition } from './definition.ts';

export interface WorkflowProps {
  readonly config: EnvironmentConfig;
  readonly name: string;
  readonly definition: Definition;
  /** The functions of its states: all that it may invoke. */
  readonly functions: readonly WorkflowFunction[];
}

/** A state machine of the release workflow, with its log and a role that invokes its functions and nothing else. */
export class Workflow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { config, name, definition, functions }: WorkflowProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/vendedlogs/states/${name}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: config.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: functions.map((each) => each.function.functionArn),
      }),
    );
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: name,
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition)),
      role,
      tracingEnabled: true,
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
    });
    for (const each of [this.machine, role]) {
      acknowledge(
        each,
        'AwsSolutions-IAM5[Resource::*]',
        'Log delivery and X-Ray of Step Functions know no resource to limit them to.',
      );
    }
  }
}
