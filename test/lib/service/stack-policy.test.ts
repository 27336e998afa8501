import { describe, expect, test } from '@jest/globals';
import { environmentConfig, environmentNamesAllowed } from '../../../lib/config/config.ts';
import { denyUpdates } from '../../../lib/service/stack-policy.ts';
import { template } from '../templates.ts';

interface Call {
  readonly service: string;
  readonly action: string;
  readonly parameters: { readonly StackName: string; readonly StackPolicyBody: string };
  readonly physicalResourceId: { readonly id: string };
}

const delivery = template('production', 'backstage-delivery');
const [resource] = Object.values(delivery.findResources('Custom::StackPolicy'));
const call = (event: string): Call => JSON.parse(resource?.['Properties'][event]);

describe('a stack policy', () => {
  test('denies every kind of update of what is frozen, and nothing else', () => {
    expect(denyUpdates(['Service', 'Rule'])).toEqual({
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: ['Update:Modify', 'Update:Replace', 'Update:Delete'],
          Resource: ['LogicalResourceId/Service', 'LogicalResourceId/Rule'],
        },
      ],
    });
  });
});

describe('the policy of the frozen stack', () => {
  test.each(environmentNamesAllowed)('of %s names every resource that the stack has', (name) => {
    const environment = environmentConfig(name).name;
    const frozen = Object.keys(template(environment, 'backstage').toJSON()['Resources']);
    const [protection] = Object.values(
      template(environment, 'backstage-delivery').findResources('Custom::StackPolicy'),
    );
    const { parameters }: Call = JSON.parse(protection?.['Properties'].Create);
    expect(parameters.StackName).toBe(`understudy-${name}-backstage`);
    const [, deny] = JSON.parse(parameters.StackPolicyBody).Statement;
    expect(deny.Resource.toSorted()).toEqual(frozen.map((id) => `LogicalResourceId/${id}`).toSorted());
  });

  test('is set when the delivery stack is made, and again when the policy changes', () => {
    expect(call('Create')).toMatchObject({ service: 'CloudFormation', action: 'SetStackPolicy' });
    expect(call('Update')).toEqual(call('Create'));
  });

  test('stays when the delivery stack goes, for the service may outlive it', () => {
    expect(resource?.['Properties'].Delete).toBeUndefined();
    expect(call('Create').physicalResourceId.id).toBe('understudy-production-backstage-policy');
  });

  test('is set by a function that may do just that, to that stack alone', () => {
    const policies = Object.entries(delivery.findResources('AWS::IAM::Policy'));
    const [policy] = policies.filter(([id]) => id.startsWith('StackPolicyRole')).map(([, found]) => found);
    const statements: { Action: unknown; Resource: unknown }[] = policy?.['Properties'].PolicyDocument.Statement;
    expect(statements).toHaveLength(2);
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: 'cloudformation:SetStackPolicy',
      Resource: {
        'Fn::Join': [
          '',
          [
            'arn:aws:cloudformation:eu-central-1:',
            { Ref: 'AWS::AccountId' },
            ':stack/understudy-production-backstage/*',
          ],
        ],
      },
    });
    const log = statements.find(({ Action }) => Array.isArray(Action));
    expect(log?.Action).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
  });

  test('needs no network while it is deployed: the SDK is that of the runtime', () => {
    expect(resource?.['Properties'].InstallLatestAwsSdk).toBe(false);
  });
});
