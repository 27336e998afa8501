import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, HostedZone, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { asInterface } from '../as-interface.ts';
import type { EnvironmentConfig } from '../config/config.ts';
import { type DomainConfig, isUnder } from '../config/domain.ts';

export interface NamesOfServicesProps {
  readonly config: Pick<EnvironmentConfig, 'certificateArn' | 'services'>;
  readonly domain: DomainConfig;
}

/** Where users find the services: records and certificate, in a zone that is given by id and name, so that nothing is looked up. */
export class NamesOfServices extends Construct {
  private readonly props: NamesOfServicesProps;
  private readonly zone: IHostedZone;

  constructor(scope: Construct, id: string, props: NamesOfServicesProps) {
    super(scope, id);
    this.props = props;
    const { zone } = props.domain;
    this.zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: zone.id, zoneName: zone.name });
  }

  /**
   * For the domain and, by a wildcard, for every service and review environment in it. ACM issues and renews it by
   * records that CloudFormation puts into the zone
   * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-certificatemanager-certificate.html).
   */
  certificate(): ICertificate {
    const { name } = this.props.domain;
    const certificate = new Certificate(this, 'Certificate', {
      domainName: name,
      subjectAlternativeNames: [`*.${name}`],
      validation: CertificateValidation.fromDns(this.zone),
    });
    return asInterface<ICertificate>(certificate);
  }

  /** One for each host of each service that lies in the zone; whoever has hosts elsewhere makes theirs by hand. */
  pointTo(loadBalancer: IApplicationLoadBalancer): void {
    const { config, domain } = this.props;
    for (const [service, { frozen }] of Object.entries(config.services)) {
      for (const [index, host] of frozen.hosts.entries()) {
        if (!isUnder(host, domain.zone.name)) continue;
        new ARecord(this, `${service}-${index}`, {
          zone: this.zone,
          recordName: `${host}.`,
          target: RecordTarget.fromAlias(new LoadBalancerTarget(loadBalancer)),
        });
      }
    }
  }
}
