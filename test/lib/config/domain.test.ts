import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { checkConfig, environmentConfig } from '../../../lib/config/config.ts';
import { production } from '../../../lib/config/environments/production.ts';
import { template } from '../templates.ts';

const check = (settings: object) => () => checkConfig({ ...production, ...settings }, 'config.ts');
const { backstage } = production.services;
const withHost = (host: string) => ({
  services: { backstage: { ...backstage, frozen: { ...backstage?.frozen, hosts: [host] } } },
});
const zone = { id: 'Z0123456789EXAMPLE', name: 'example.com' };

describe('one domain', () => {
  test('gives host and base URL of every service their name', () => {
    const config = checkConfig({ ...production, domain: { name: 'portal.example.com', zone } }, 'config.ts');
    expect(config.services['backstage']?.frozen.hosts).toEqual(['backstage.portal.example.com']);
    expect(config.services['backstage']?.task.environment['APP_BASE_URL']).toBe('https://backstage.portal.example.com');
  });

  test.each([
    ['a name that is none', { domain: { name: 'Example', zone } }, /domain\.name: "Example" is refused: is no domain/],
    ['a name outside of its zone', { domain: { name: 'x.org', zone } }, /domain\.name: "x\.org" .* zone example\.com/],
    [
      'a zone that is none',
      { domain: { name: 'example.com', zone: { ...zone, id: 'x' } } },
      /id: "x" .* list-hosted-z/,
    ],
    ['a host by a domain that is not there', { domain: null }, /hosts\.0: "backstage\.\{domain\}" .* domain is null/],
    ['a host that the certificate does not cover', withHost('a.b.example.com'), /"a\.b\.example\.com" .* \*\.example/],
  ])('refuses %s', (_, settings, why) => {
    expect(check(settings)).toThrow(why);
  });

  test('leaves any host to whoever brings a certificate', () => {
    const certificateArn = 'arn:aws:acm:eu-central-1:111122223333:certificate/mine';
    expect(check({ ...withHost('backstage.example.org'), certificateArn })).not.toThrow();
  });
});

describe.each(['dev', 'production'] as const)('the names of %s', (environment) => {
  const platform = template(environment, 'platform');
  const { domain } = environmentConfig(environment);

  test('have one certificate, which covers review environments too and is validated in the zone', () => {
    platform.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: domain?.name,
      SubjectAlternativeNames: [`*.${domain?.name}`],
      ValidationMethod: 'DNS',
      DomainValidationOptions: Match.arrayWith([{ DomainName: domain?.name, HostedZoneId: domain?.zone.id }]),
    });
    platform.allResourcesProperties('AWS::Route53::RecordSet', {
      Name: `backstage.${domain?.name}.`,
      Type: 'A',
      HostedZoneId: domain?.zone.id,
      AliasTarget: Match.objectLike({ DNSName: Match.anyValue() }),
    });
    platform.resourceCountIs('AWS::Route53::RecordSet', 1);
  });

  test('are looked up nowhere', () => {
    expect(JSON.stringify(platform.toJSON())).not.toContain('dummy');
  });
});

test('the stage has neither names nor certificate', () => {
  template('local', 'platform').resourceCountIs('AWS::CertificateManager::Certificate', 0);
  template('local', 'platform').resourceCountIs('AWS::Route53::RecordSet', 0);
});
