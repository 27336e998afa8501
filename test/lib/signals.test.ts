import { describe, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { template } from './templates.ts';

const signals = template('production', 'signals');
const services = { Service: ['cloudwatch.amazonaws.com', 'events.rds.amazonaws.com'] };

describe('the topic of the alarms', () => {
  test('is encrypted with a key that rotates and that the publishers may use', () => {
    signals.hasResourceProperties('AWS::SNS::Topic', {
      TopicName: 'understudy-production-alarms',
      KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
    });
    signals.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: {
                'aws:SourceArn': {
                  'Fn::Join': ['', ['arn:aws:cloudwatch:eu-central-1:', { Ref: 'AWS::AccountId' }, ':alarm:*']],
                },
              },
            },
          }),
          // EventBridge sends none of these keys: a condition would drop its messages.
          Match.objectLike({
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Principal: { Service: ['events.amazonaws.com', 'events.rds.amazonaws.com'] },
            Condition: Match.absent(),
          }),
        ]),
      },
    });
  });

  test('takes messages of CloudWatch and RDS for this account only, and none in the clear', () => {
    signals.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: services,
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      },
    });
  });
});
