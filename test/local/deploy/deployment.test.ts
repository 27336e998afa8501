import { describe, expect, test } from '@jest/globals';
import type { Template } from '../../../local/deploy/assembly.ts';
import { Deployment } from '../../../local/deploy/deployment.ts';
import type { Resource } from '../../../local/deploy/provision.ts';

const secrets: Record<string, string> = {
  database: '{"username":"understudy","password":"p:w}","port":5432}',
  'arn:aws:secretsmanager:us-east-1:111111111111:secret:database-abc123': '{"password":"by arn"}',
};
const references = {
  parameter: (name: string) => (name === '/shape' ? 'shape-value' : null),
  secret: (id: string) => secrets[id] ?? null,
};

/** A stage whose one type, `Test::Thing`, keeps what it is given. */
function stage() {
  const created: Resource[] = [];
  const deployment = new Deployment(
    {
      'Test::Thing': (resource) => {
        created.push(resource);
        return {
          ref: `ref-${resource.logicalId}`,
          attributes: { Arn: `arn-${resource.logicalId}`, 'Endpoint.Port': '5432' },
        };
      },
    },
    references,
  );
  const deploy = (template: Template, name = 'stack') => deployment.deployStack({ name, template });
  const properties = (logicalId: string) => created.findLast((each) => each.logicalId === logicalId)?.properties;
  return { created, deployment, deploy, properties };
}

const thing = (Properties: Record<string, unknown> = {}, more: object = {}) => ({
  Type: 'Test::Thing',
  Properties,
  ...more,
});

/** What a property resolves to. */
async function resolved(value: unknown, more: Omit<Template, 'Resources'> = {}): Promise<unknown> {
  const { deploy, properties } = stage();
  await deploy({ ...more, Resources: { Other: thing(), It: thing({ value }) } });
  return properties('It')?.['value'];
}

describe('intrinsic functions', () => {
  test.each<[string, unknown, unknown]>([
    ['Ref', { Ref: 'Other' }, 'ref-Other'],
    ['pseudo parameters', { Ref: 'AWS::AccountId' }, '111111111111'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Other', 'Arn'] }, 'arn-Other'],
    ['nested attributes', { 'Fn::GetAtt': 'Other.Endpoint.Port' }, '5432'],
    ['Fn::Join', { 'Fn::Join': [':', ['a', { Ref: 'Other' }, 3]] }, 'a:ref-Other:3'],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${AWS::Region}/${Other}/${Other.Arn}/${!Literal}' },
      'us-east-1/ref-Other/arn-Other/${Literal}',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${x}-${Other}', { x: { Ref: 'AWS::StackName' } }] }, 'stack-ref-Other'],
    ['Fn::Select of Fn::Split', { 'Fn::Select': ['1', { 'Fn::Split': ['-', { Ref: 'Other' }] }] }, 'Other'],
    ['Fn::If', { 'Fn::If': ['Yes', 'a', 'b'] }, 'a'],
    ['Fn::If, otherwise', { 'Fn::If': ['No', 'a', ['b', { Ref: 'Other' }]] }, ['b', 'ref-Other']],
    ['AWS::NoValue', [1, { Ref: 'AWS::NoValue' }, { a: { Ref: 'AWS::NoValue' }, b: 2 }], [1, { b: 2 }]],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Ports', { Ref: 'AWS::Region' }, 'http'] }, 80],
    ['parameters', { Ref: 'Size' }, 3],
    ['SSM parameters', { Ref: 'Shape' }, 'shape-value'],
    ['secrets', 'postgres://{{resolve:secretsmanager:database:SecretString:password::}}@db', 'postgres://p:w}@db'],
    ['secrets by ARN', `{{resolve:secretsmanager:${Object.keys(secrets)[1]}:SecretString:password}}`, 'by arn'],
    ['SSM references', '{{resolve:ssm:/shape:3}}', 'shape-value'],
    ['what only looks like one', { Ref: 'Other', Also: 1 }, { Ref: 'Other', Also: 1 }],
  ])('%s', async (_, value, expected) => {
    const more: Omit<Template, 'Resources'> = {
      Conditions: {
        Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
        No: { 'Fn::Not': [{ Condition: 'Yes' }] },
      },
      Mappings: { Ports: { 'us-east-1': { http: 80 } } },
      Parameters: {
        Size: { Type: 'Number', Default: 3 },
        Shape: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shape' },
      },
    };
    expect(await resolved(value, more)).toEqual(expected);
  });

  test.each<[unknown, string]>([
    [{ 'Fn::Cidr': ['10.0.0.0/16', 6, 8] }, 'The stage does not know Fn::Cidr; it knows Ref,'],
    [{ Ref: 'Nobody' }, 'Stack stack has no resource or parameter Nobody.'],
    [{ 'Fn::GetAtt': ['Other', 'Name'] }, 'gives no attribute Name of Other (Test::Thing) in stack stack'],
    [{ 'Fn::ImportValue': 'x' }, 'No stack that was deployed before stack exports x.'],
    ['{{resolve:ssm:/none}}', 'nothing for the dynamic reference {{resolve:ssm:/none}}'],
    ['{{resolve:secretsmanager:database:SecretString:host}}', 'nothing for the dynamic reference'],
  ])('%j is refused: %s', async (value, message) => {
    await expect(resolved(value)).rejects.toThrow(message);
  });
});

describe('a deployment', () => {
  test('creates resources after those they need, whatever the template’s order', async () => {
    const { created, deploy } = stage();
    await deploy({
      Resources: {
        A: thing({ b: { 'Fn::Sub': 'x-${B.Arn}' } }),
        B: thing({ c: [{ d: { Ref: 'C' } }] }),
        C: thing({}, { DependsOn: ['D'] }),
        D: thing(),
      },
    });
    expect(created.map(({ logicalId }) => logicalId)).toEqual(['D', 'C', 'B', 'A']);
  });

  test('carries exports from stack to stack', async () => {
    const { deploy, properties } = stage();
    await deploy(
      {
        Resources: { A: thing() },
        Outputs: { Out: { Value: { Ref: 'A' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:A' } } } },
      },
      'network',
    );
    await deploy({ Resources: { B: thing({ from: { 'Fn::ImportValue': 'network:A' } }) } }, 'platform');
    expect(properties('B')).toEqual({ from: 'ref-A' });
  });

  test('skips resources whose condition does not hold', async () => {
    const { created, deploy } = stage();
    await deploy({
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { A: thing({}, { Condition: 'Never' }), B: thing() },
    });
    expect(created.map(({ logicalId }) => logicalId)).toEqual(['B']);
  });

  test('refuses a type that it does not know, with type, name and stack', async () => {
    const { deploy } = stage();
    await expect(deploy({ Resources: { Stream: { Type: 'AWS::Kinesis::Stream' } } }, 'release')).rejects.toThrow(
      'The stage does not know AWS::Kinesis::Stream, the type of Stream in stack release.',
    );
  });

  test('gives ids of what it leaves out, the same ones every time', async () => {
    const { deploy, properties } = stage();
    const template: Template = {
      Resources: {
        Net: { Type: 'AWS::EC2::VPC' },
        Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: { Ref: 'Net' } } },
        It: thing({ vpc: { Ref: 'Net' }, group: { 'Fn::GetAtt': ['Group', 'GroupId'] } }),
      },
    };
    await deploy(template);
    const first = properties('It');
    await deploy(template);
    expect(properties('It')).toEqual(first);
    expect(first).toEqual({ vpc: expect.stringMatching(/^vpc-0[0-9a-f]{16}$/), group: expect.stringMatching(/^sg-0/) });
  });

  test('refuses resources that need each other', async () => {
    const { deploy } = stage();
    const circle = { Resources: { A: thing({ b: { Ref: 'B' } }), B: thing({ a: { Ref: 'A' } }) } };
    await expect(deploy(circle)).rejects.toThrow('in a circle: A → B → A');
  });

  test('says which resource could not be created, and why', async () => {
    const deployment = new Deployment(
      {
        'Test::Thing': () => {
          throw new Error('no room');
        },
      },
      references,
    );
    await expect(deployment.deployStack({ name: 's', template: { Resources: { A: thing() } } })).rejects.toThrow(
      's/A (Test::Thing) cannot be put on the stage: no room',
    );
  });
});
