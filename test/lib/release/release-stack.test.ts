import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { ledgerEntry } from '../../../lambda/domain/ledger-entry.ts';
import { stepFunctionName } from '../../../lambda/domain/names.ts';
import { definition } from '../../../lib/release/definition.ts';
import { functionNames } from '../../../lib/release/steps.ts';
import { registered } from '../../lambda/domain/samples.ts';
import { template } from '../templates.ts';

const local = template('local', 'release');
const production = template('production', 'release');

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}

/** The statements of a step's role, without those on its own log. */
function statements(step: string): Statement[] {
  const functions = Object.values(local.findResources('AWS::Lambda::Function'));
  const role = functions.find((each) => each['Properties'].FunctionName === stepFunctionName('local', step));
  const roleId: unknown = role?.['Properties'].Role['Fn::GetAtt'][0];
  const policies = Object.values(local.findResources('AWS::IAM::Policy'));
  const own = policies.filter((each) => each['Properties'].Roles.some((ref: { Ref: unknown }) => ref.Ref === roleId));
  return own.flatMap((each): Statement[] => each['Properties'].PolicyDocument.Statement);
}

function actions(step: string): string[] {
  return statements(step)
    .flatMap(({ Action }) => Action)
    .filter((action) => !['logs:CreateLogStream', 'logs:PutLogEvents'].includes(action));
}

/** Allowed to the bearer of RegisterScalableTarget, and called by Application Auto Scaling alone. */
const triedOut = new Set(['ecs:UpdateService', 'cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms']);

/** In the template of an environment without an account. */
const ownExecutions = (machine: string) => ({
  'Fn::Join': ['', ['arn:aws:states:us-east-1:', { Ref: 'AWS::AccountId' }, `:execution:understudy-local-${machine}:`]],
});

describe('permissions', () => {
  test('no step may use a wildcard action', () => {
    for (const step of functionNames) expect(actions(step).join()).not.toContain('*');
  });

  test('only the step that makes a change may make it', () => {
    const changes = {
      'ecs:RegisterTaskDefinition': ['Register'],
      'ecs:RunTask': ['Plan', 'Rehearse', 'Migrate', 'Mend', 'Verify', 'Close'],
      'rds:CreateDBSnapshot': ['Snapshot'],
      'rds:DeleteDBSnapshot': ['Snapshot'],
      'codedeploy:CreateDeployment': ['Shift'],
      'codedeploy:ContinueDeployment': ['Observe', 'Promote'],
      'codedeploy:StopDeployment': ['Retreat'],
      'application-autoscaling:RegisterScalableTarget': ['Shift', 'Close'],
      'dynamodb:UpdateItem': ['Open', 'Close', 'Open-Rollback'],
      'sns:Publish': ['Close'],
      'ecr:PutImage': ['Close'],
    };
    for (const [action, may] of Object.entries(changes)) {
      expect([action, functionNames.filter((step) => actions(step).includes(action))]).toEqual([action, may]);
    }
  });

  test('no step may change a listener, a service or a task set: that is CodeDeploy’s alone', () => {
    for (const step of functionNames) {
      expect(
        actions(step)
          .filter((action) => !triedOut.has(action))
          .join(),
      ).not.toMatch(/Modify|UpdateService|TaskSet|DeregisterTaskDefinition|Delete(?!DBSnapshot)/);
    }
  });

  test('what Application Auto Scaling only tries out with the rights of its caller is nobody else’s', () => {
    const bearers = functionNames.filter((step) => actions(step).some((action) => triedOut.has(action)));
    expect(bearers).toEqual(['Shift', 'Close']);
    for (const step of bearers) {
      const onAlarms = statements(step).filter(({ Action }) => [Action].flat().includes('cloudwatch:DeleteAlarms'));
      expect(onAlarms.map(({ Resource }) => JSON.stringify(Resource))).toEqual([expect.stringMatching(/:alarm:"\]/)]);
    }
  });

  test('a role is passed to ECS tasks and to nothing else', () => {
    for (const step of functionNames) {
      for (const statement of statements(step).filter(({ Action }) => [Action].flat().includes('iam:PassRole'))) {
        expect(statement.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
        expect(JSON.stringify(statement.Resource)).not.toContain('*');
      }
    }
  });

  test('tasks are run in the environment’s cluster only', () => {
    for (const step of ['Plan', 'Rehearse', 'Migrate', 'Verify']) {
      const run = statements(step).find(({ Action }) => [Action].flat().includes('ecs:RunTask'));
      expect(JSON.stringify(run?.Condition)).toContain(':cluster/understudy-local');
    }
  });

  test.each([
    ['Release', 'Open-Rollback'],
    ['Rollback', 'Open'],
  ])('the %s machine may invoke its steps and nothing else', (machine, stranger) => {
    const policies = Object.entries(local.findResources('AWS::IAM::Policy'));
    const [, own] = policies.find(([id]) => id.startsWith(`${machine}RoleDefaultPolicy`)) ?? [];
    const granted: Statement[] = own?.['Properties'].PolicyDocument.Statement ?? [];
    const invoke = granted.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('lambda:')));
    expect(invoke.map(({ Action }) => Action)).toEqual(['lambda:InvokeFunction']);
    const functions = Object.entries(local.findResources('AWS::Lambda::Function'));
    const its = functions.filter(([, each]) => each['Properties'].FunctionName !== stepFunctionName('local', stranger));
    const allowed = [invoke[0]?.Resource].flat().map((each) => JSON.stringify(each));
    expect(allowed.toSorted()).toEqual(its.map(([id]) => JSON.stringify({ 'Fn::GetAtt': [id, 'Arn'] })).toSorted());
  });
});

describe('the stack', () => {
  test('takes nothing from other stacks and gives nothing to them', () => {
    const text = JSON.stringify(local.toJSON());
    expect(text).not.toContain('Fn::ImportValue');
    expect(local.findOutputs('*')).toEqual({});
  });

  test.each(['release', 'rollback'] as const)('runs the definition of the %s machine as it was checked', (machine) => {
    local.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: `understudy-local-${machine}`,
      DefinitionString: JSON.stringify(definition('local', machine)),
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    });
  });

  test('gives each step one function on Node.js 24 with all that it reads from its environment', () => {
    for (const step of functionNames) {
      local.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: `understudy-local-release-${step.toLowerCase()}`,
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Environment: {
          Variables: {
            ENVIRONMENT: 'local',
            LEDGER_TABLE: Match.anyValue(),
            RELEASE_TOPIC_ARN: Match.anyValue(),
            PROBER_FUNCTION: 'understudy-local-prober',
          },
        },
      });
    }
    local.resourceCountIs('AWS::Lambda::Function', functionNames.length);
  });

  test('tells people on the topic of releases that one waits for their approval', () => {
    local.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['understudy'],
        'detail-type': ['Release awaits approval'],
        // Of this environment alone: the bus is the account's.
        resources: [{ prefix: ownExecutions('release') }, { prefix: ownExecutions('rollback') }],
      },
      Targets: [Match.objectLike({ Arn: { Ref: Match.stringLikeRegexp('^NotificationsTopic') } })],
    });
  });

  test('has every execution recovered that did not end by itself, and keeps the events that could start none', () => {
    local.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: [
            { 'Fn::Join': ['', Match.arrayWith([':stateMachine:understudy-local-release'])] },
            { 'Fn::Join': ['', Match.arrayWith([':stateMachine:understudy-local-rollback'])] },
          ],
        },
      },
      Targets: [
        Match.objectLike({
          Arn: { Ref: Match.stringLikeRegexp('^Rollback') },
          RoleArn: Match.anyValue(),
          DeadLetterConfig: { Arn: Match.anyValue() },
          InputTransformer: {
            InputPathsMap: {
              'detail-executionArn': '$.detail.executionArn',
              'detail-status': '$.detail.status',
            },
            InputTemplate: '{"recover":{"execution":<detail-executionArn>,"status":<detail-status>}}',
          },
        }),
      ],
    });
  });

  test('lets the rule put those events, and nobody else, into a queue that the alarm knows by name', () => {
    local.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'understudy-local-unrecovered',
      MessageRetentionPeriod: 14 * 24 * 3600,
      SqsManagedSseEnabled: true,
    });
    local.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: {
              ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [Match.stringLikeRegexp('^RecoveryRule'), 'Arn'] } },
            },
          }),
        ],
      },
    });
  });

  test('forgets signals, and nothing else', () => {
    local.hasResourceProperties('AWS::DynamoDB::Table', {
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    });
    expect(Object.keys(ledgerEntry(registered()))).not.toContain('expires');
  });

  test('lets EventBridge start the rollback machine and nothing else', () => {
    const starts = Object.values(local.findResources('AWS::IAM::Policy')).flatMap((each): Statement[] =>
      each['Properties'].PolicyDocument.Statement.filter(({ Action }: Statement) => Action === 'states:StartExecution'),
    );
    expect(starts).toEqual([
      { Action: 'states:StartExecution', Effect: 'Allow', Resource: { Ref: expect.stringMatching(/^Rollback/) } },
    ]);
  });

  test('keeps the ledger, recoverable to any second, when production’s stack goes', () => {
    production.hasResource('AWS::DynamoDB::Table', {
      Properties: {
        TableName: 'understudy-production-ledger',
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
      },
      DeletionPolicy: 'Retain',
    });
  });

  test('encrypts notifications with a key that EventBridge may use', () => {
    local.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    local.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Principal: { Service: 'events.amazonaws.com' }, Effect: 'Allow' }),
        ]),
      },
    });
  });

  test('tells of executions that ended where no Catch could see it', () => {
    local.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
    });
  });
});
