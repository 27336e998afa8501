import { arn, region } from '../aws/arn.ts';
import { optionalText, physicalName, suffix } from './properties.ts';
import type { Provision, Provisioned, Resource } from './provision.ts';

/** An id as EC2 gives it: a prefix and 17 hexadecimal digits, the same at every deployment. */
function ec2Id(prefix: string, resource: Resource): string {
  return `${prefix}-0${suffix(resource, 16)}`;
}

const nothing: Provision = ({ logicalId }) => ({ ref: logicalId, attributes: {} });

type Attributes = (id: string, resource: Resource) => Provisioned['attributes'];

const ec2 =
  (prefix: string, attributes: Attributes = () => ({})): Provision =>
  (resource) => {
    const id = ec2Id(prefix, resource);
    return { ref: id, attributes: attributes(id, resource) };
  };

const subnet: Attributes = (id, resource) => ({
  SubnetId: id,
  AvailabilityZone: optionalText(resource, 'AvailabilityZone') ?? `${region}a`,
});
const cloud: Attributes = (id, resource) => ({ VpcId: id, CidrBlock: optionalText(resource, 'CidrBlock') ?? '' });

const named =
  (property: string): Provision =>
  (resource) => ({ ref: physicalName(resource, property).toLowerCase(), attributes: {} });

interface LeftOut {
  readonly why: string;
  readonly stands: Provision;
}

const vpc = 'The stage routes by private address; it has no packets to filter or forward.';
const access = 'The stage does not evaluate resource policies: what may be called is decided by the caller’s role.';
const observation = 'Nothing on the stage reads it.';
const database = 'The stage’s PostgreSQL has settings and network of its own.';

/**
 * What the stage leaves out on purpose, and what other resources get when they refer to it. Everything else
 * has to be provisioned, or the deployment is refused.
 */
export const leftOut: Readonly<Record<string, LeftOut>> = {
  'AWS::ApplicationAutoScaling::ScalingPolicy': {
    why: 'The stage never scales; that scaling is suspended is what counts.',
    stands: nothing,
  },
  'AWS::ApplicationSignals::ServiceLevelObjective': {
    why: 'Burn rates over hours and days are for people; no release on the stage takes that long.',
    stands: (resource) => ({
      ref: arn('application-signals', `slo/${physicalName(resource, 'Name')}`),
      attributes: {},
    }),
  },
  'AWS::CDK::Metadata': { why: observation, stands: nothing },
  'AWS::CloudWatch::CompositeAlarm': {
    why: 'Composite alarms call people; a deployment group takes metric alarms only.',
    stands: named('AlarmName'),
  },
  'AWS::CloudWatch::Dashboard': { why: observation, stands: named('DashboardName') },
  'AWS::EC2::EIP': { why: vpc, stands: ec2('eipalloc', (id) => ({ AllocationId: id })) },
  'AWS::EC2::FlowLog': { why: observation, stands: ec2('fl') },
  'AWS::EC2::InternetGateway': { why: vpc, stands: ec2('igw') },
  'AWS::EC2::NatGateway': { why: vpc, stands: ec2('nat', (id) => ({ NatGatewayId: id })) },
  'AWS::EC2::Route': { why: vpc, stands: nothing },
  'AWS::EC2::RouteTable': { why: vpc, stands: ec2('rtb') },
  'AWS::EC2::SecurityGroup': { why: vpc, stands: ec2('sg', (id) => ({ GroupId: id })) },
  'AWS::EC2::SecurityGroupEgress': { why: vpc, stands: nothing },
  'AWS::EC2::SecurityGroupIngress': { why: vpc, stands: nothing },
  'AWS::EC2::Subnet': { why: vpc, stands: ec2('subnet', subnet) },
  'AWS::EC2::SubnetRouteTableAssociation': { why: vpc, stands: nothing },
  'AWS::EC2::VPC': { why: vpc, stands: ec2('vpc', cloud) },
  'AWS::EC2::VPCEndpoint': { why: vpc, stands: ec2('vpce') },
  'AWS::EC2::VPCGatewayAttachment': { why: vpc, stands: nothing },
  'AWS::KMS::Key': {
    why: 'The stage keeps nothing that would have to be encrypted.',
    stands: (resource) => {
      const id = ec2Id('key', resource).slice('key-'.length);
      return { ref: id, attributes: { Arn: arn('kms', `key/${id}`), KeyId: id } };
    },
  },
  'AWS::Lambda::Permission': { why: access, stands: nothing },
  'AWS::Logs::MetricFilter': { why: observation, stands: nothing },
  'AWS::RDS::DBParameterGroup': { why: database, stands: named('DBParameterGroupName') },
  'AWS::RDS::DBSubnetGroup': { why: database, stands: named('DBSubnetGroupName') },
  'AWS::RDS::EventSubscription': { why: observation, stands: nothing },
  'AWS::S3::Bucket': {
    why: 'It holds access logs, which the stage does not write.',
    stands: (resource) => {
      const ref = physicalName(resource, 'BucketName').toLowerCase();
      return { ref, attributes: { Arn: `arn:aws:s3:::${ref}` } };
    },
  },
  'AWS::S3::BucketPolicy': { why: access, stands: nothing },
  'AWS::SQS::Queue': {
    why: 'It holds events that could not be delivered; the stage delivers every one.',
    stands: (resource) => {
      const name = physicalName(resource, 'QueueName');
      return {
        ref: `https://sqs.${region}.amazonaws.com/${name}`,
        attributes: { Arn: arn('sqs', name), QueueName: name },
      };
    },
  },
  'AWS::SQS::QueuePolicy': { why: access, stands: nothing },
  'AWS::SNS::TopicPolicy': { why: access, stands: nothing },
  'AWS::WAFv2::WebACL': { why: 'The stage’s users are its own.', stands: nothing },
  'AWS::WAFv2::WebACLAssociation': { why: 'The stage’s users are its own.', stands: nothing },
  'Custom::StorageAddresses': {
    why: vpc,
    stands: (resource) => {
      const id = ec2Id('pl', resource);
      return { ref: id, attributes: { 'PrefixLists.0.PrefixListId': id } };
    },
  },
  'Custom::StackPolicy': {
    why: 'No CloudFormation updates the stage’s stacks, so there is no update to deny.',
    stands: nothing,
  },
};
