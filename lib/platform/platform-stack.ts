import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  DesyncMitigationMode,
  type IApplicationLoadBalancer,
  ListenerAction,
  ListenerCertificate,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { environmentNames } from '../../lambda/domain/names.ts';
import { asInterface } from '../as-interface.ts';
import type { EnvironmentConfig } from '../config/config.ts';
import { listenerPorts } from '../config/ports.ts';
import { WorkflowFunction } from '../functions/workflow-function.ts';
import { acknowledge } from '../nag.ts';
import type { NetworkStack } from '../network/network-stack.ts';
import type { SignalsStack } from '../signals/signals-stack.ts';
import { Firewall } from './firewall.ts';
import { loadBalancerAlarms } from './load-balancer-alarms.ts';
import { NamesOfServices } from './names-of-services.ts';

export interface PlatformStackProps extends StackProps {
  readonly config: EnvironmentConfig;
  readonly network: NetworkStack;
  readonly signals: SignalsStack;
}

/**
 * What all services share: the cluster, the load balancer with a production and a test listener, and
 * the prober. A listener's own answer is 404: the services' forwards are rules in their frozen stacks.
 */
export class PlatformStack extends Stack {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly productionListener: ApplicationListener;
  readonly testListener: ApplicationListener;
  readonly proberToken: ISecret;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { config, network } = props;
    const names = environmentNames(config.name);

    // Only enhanced ones tell what a single task uses, and thereby each colour.
    const utilization = Object.values(config.services).some(({ observation }) => observation.utilization);
    new Cluster(this, 'Cluster', {
      clusterName: names.cluster,
      vpc: network.vpc,
      containerInsightsV2: utilization ? ContainerInsights.ENHANCED : ContainerInsights.ENABLED,
    });

    this.loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      loadBalancerName: names.prefix,
      vpc: network.vpc,
      vpcSubnets: { subnetGroupName: 'public' },
      internetFacing: true,
      securityGroup: network.loadBalancerGroup,
      dropInvalidHeaderFields: true,
      // Only requests that no two parsers can understand differently
      // (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#desync-mitigation-mode).
      desyncMitigationMode: DesyncMitigationMode.STRICTEST,
      deletionProtection: config.protectData,
    });
    this.loadBalancer.logAccessLogs(this.accessLogs(config), names.prefix);
    if (config.firewall !== null) {
      new Firewall(this, 'Firewall', {
        name: names.prefix,
        loadBalancerArn: this.loadBalancer.loadBalancerArn,
        vpcCidr: config.network.cidr,
        requestsPerAddress: config.firewall.requestsPerAddress,
        largeBodyPaths: Object.values(config.services).flatMap((service) =>
          service.largeBodies.map(({ path }) => path),
        ),
      });
    }
    loadBalancerAlarms(this, {
      name: names.prefix,
      loadBalancer: this.loadBalancer,
      topic: props.signals.topic,
    });
    const ports = listenerPorts(config);
    const certificate = this.certificate(config);
    this.productionListener = this.listener('Production', certificate, ports.production);
    this.testListener = this.listener('Test', certificate, ports.test);
    if (ports.scheme === 'https') {
      this.loadBalancer.addListener('Redirect', {
        port: 80,
        protocol: ApplicationProtocol.HTTP,
        open: false,
        defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
      });
    }

    const token = new Secret(this, 'ProberToken', {
      secretName: `${names.prefix}/prober-token`,
      description: 'Bearer token of the prober: lets it read, and write in its own namespace',
      generateSecretString: { passwordLength: 40, excludePunctuation: true },
    });
    this.proberToken = asInterface<ISecret>(token);
    acknowledge(
      token,
      'AwsSolutions-SMG4',
      'Tasks read the token when they start; rotating it between two releases would fail every probe of the older one.',
    );
    new WorkflowFunction(this, 'Prober', {
      functionName: names.prober,
      entry: 'lambda/prober/handler.ts',
      description: 'Asks tasks and load balancer, from inside the VPC, what a user would ask',
      timeout: Duration.seconds(120),
      memoryMb: 512,
      network: { vpc: network.vpc, subnets: network.taskSubnets, securityGroups: [network.proberGroup] },
    });
  }

  /** Of both listeners; null for plain HTTP. With a domain, the services' names lead to the load balancer, too. */
  private certificate(config: EnvironmentConfig): ListenerCertificate | null {
    const given = config.certificateArn === null ? null : ListenerCertificate.fromArn(config.certificateArn);
    if (config.domain === null) return given;
    const names = new NamesOfServices(this, 'Names', { config, domain: config.domain });
    names.pointTo(asInterface<IApplicationLoadBalancer>(this.loadBalancer));
    return given ?? ListenerCertificate.fromCertificateManager(names.certificate());
  }

  private listener(id: string, certificate: ListenerCertificate | null, port: number): ApplicationListener {
    return this.loadBalancer.addListener(id, {
      port,
      protocol: certificate === null ? ApplicationProtocol.HTTP : ApplicationProtocol.HTTPS,
      ...(certificate !== null && {
        certificates: [certificate],
        sslPolicy: SslPolicy.RECOMMENDED_TLS,
      }),
      open: false,
      defaultAction: ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'No such service' }),
    });
  }

  private accessLogs(config: EnvironmentConfig): IBucket {
    const bucket = new Bucket(this, 'AccessLogs', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(90) }],
      removalPolicy: config.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(
      bucket,
      'AwsSolutions-S1',
      'It holds the access logs: logging access to them would go round in a circle.',
    );
    return asInterface<IBucket>(bucket);
  }
}
