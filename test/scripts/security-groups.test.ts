import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { paths, type Template } from '../../scripts/security-groups/paths.ts';
import { markers, securityGroupTable, withTable } from '../../scripts/security-groups/table.ts';
import { template } from '../lib/templates.ts';

const network = (environment: 'local' | 'dev' | 'production'): Template => ({
  Resources: template(environment, 'network').toJSON()['Resources'],
});

const group = (description: string, egress: object[] = []) => ({
  Type: 'AWS::EC2::SecurityGroup',
  Properties: { GroupDescription: description, SecurityGroupEgress: egress },
});
const of = (id: string) => ({ 'Fn::GetAtt': [id, 'GroupId'] });
const rule = (type: 'Ingress' | 'Egress', properties: object) => ({
  Type: `AWS::EC2::SecurityGroup${type}`,
  Properties: { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, Description: 'Data', ...properties },
});

describe('the table of security groups in docs/infrastructure.md', () => {
  test('is what the templates say; npm run docs:security-groups writes it', () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'infrastructure.md'), 'utf8');
    const templates = new Map((['local', 'dev', 'production'] as const).map((name) => [name, network(name)]));
    expect(page).toBe(withTable(page, securityGroupTable(templates)));
  });

  test('has a place of its own in the page', () => {
    expect(() => withTable('no table', '')).toThrow(`The page lacks ${markers.start}`);
  });
});

describe('the paths of a network', () => {
  const ingress = rule('Ingress', { GroupId: of('Database'), SourceSecurityGroupId: of('Tasks') });
  const egress = rule('Egress', { GroupId: of('Tasks'), DestinationSecurityGroupId: of('Database') });
  const groups = { Tasks: group('Tasks'), Database: group('Database') };

  test('have a rule on both sides, and are told once', () => {
    expect(paths({ Resources: { ...groups, ingress, egress } })).toEqual([
      { from: 'Tasks', to: 'Database', port: 5432, why: 'Data' },
    ]);
  });

  test.each([
    ['ingress', { ingress }],
    ['egress', { egress }],
  ])('with nothing but %s are refused', (_, half) => {
    expect(() => paths({ Resources: { ...groups, ...half } })).toThrow('Open on one side only: Tasks → Database:5432.');
  });

  test('that open every port are refused', () => {
    const Tasks = group('Tasks', [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }]);
    expect(() => paths({ Resources: { Tasks } })).toThrow('Tasks → the internet is no single TCP port');
  });

  test('seal the rehearsals of production: no address of the internet is theirs', () => {
    const ways = paths(network('production')).filter(({ from }) => from === 'Rehearsals of backstage');
    expect(ways.map(({ to, port }) => `${to}:${port}`).toSorted((a, b) => a.localeCompare(b, 'en'))).toEqual([
      'Database:5432',
      'Endpoints of AWS services:443',
      'S3:443',
    ]);
  });
});
