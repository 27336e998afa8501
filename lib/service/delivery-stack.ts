import { Stack } from 'aws-cdk-lib';
import { PredefinedMetric, ScalableTarget, ServiceNamespace } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { environmentNames, serviceNames } from '../../lambda/domain/names.ts';
import { type ServiceDescription, serviceDescriptionSchema } from '../../lambda/domain/service.ts';
import { listenerPorts } from '../config/ports.ts';
import { burnRateAlarms } from '../signals/burn-rate-alarms.ts';
import { FreshnessAlarm } from '../signals/freshness.ts';
import { objectives } from '../signals/objectives.ts';
import type { SignalsStack } from '../signals/signals-stack.ts';
import { colourAlarms } from './alarms.ts';
import { DeploymentGroup } from './deployment-group.ts';
import type { FrozenStack } from './frozen-stack.ts';
import { type ServiceStackProps, serviceConfig } from './service-props.ts';
import { StackPolicy } from './stack-policy.ts';
import { trafficPolicies } from './traffic.ts';

export interface DeliveryStackProps extends ServiceStackProps {
  readonly frozen: FrozenStack;
  readonly signals: SignalsStack;
}

/** How a service is released and scaled, and what the workflow has to know of it. All of it may change at any time. */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, props: DeliveryStackProps) {
    super(scope, id, props);
    const settings = serviceConfig(props);
    const names = serviceNames(props.config.name, props.service);
    const { frozen, platform } = props;

    const watched = {
      family: names.family,
      targetGroups: frozen.targetGroups,
      loadBalancer: platform.loadBalancer.loadBalancerFullName,
    };
    const alarms = colourAlarms(this, { ...watched, settings });
    for (const objective of objectives(this, { ...watched, slo: settings.slo })) {
      burnRateAlarms(this, objective, props.signals.topic);
    }
    this.watchFreshness(props);
    const policies = trafficPolicies(this, names.family, settings.policies);
    const codeDeploy = new DeploymentGroup(this, 'Deployment', {
      ...props,
      alarms,
      deploymentConfig: policies.feature.deploymentConfig,
    });
    this.scale(props);
    new StackPolicy(this, 'StackPolicy', { stack: frozen, frozen: frozen.frozen });

    const ports = listenerPorts(props.config);
    const [host = ''] = settings.frozen.hosts;
    const description: ServiceDescription = serviceDescriptionSchema.parse({
      service: props.service,
      environment: props.config.name,
      cluster: environmentNames(props.config.name).cluster,
      ecsService: frozen.service.attrName,
      codeDeploy: { application: codeDeploy.application.ref, deploymentGroup: codeDeploy.group.ref },
      repository: {
        name: names.repository,
        uri: `${this.account}.dkr.ecr.${this.region}.${this.urlSuffix}/${names.repository}`,
      },
      loadBalancer: {
        arn: platform.loadBalancer.loadBalancerArn,
        host,
        scheme: ports.scheme,
        productionPort: ports.production,
        testPort: ports.test,
        productionRule: frozen.productionRule.ref,
        testRule: frozen.testRule.ref,
        targetGroups: { a: frozen.targetGroups.a.ref, b: frozen.targetGroups.b.ref },
      },
      logGroup: names.logGroup,
      alarms: alarms.map((alarm) => alarm.alarmName),
      schemaTool: settings.schemaTool,
      database: settings.task.database && {
        instance: environmentNames(props.config.name).prefix,
        snapshots: props.config.database.releaseSnapshots,
      },
      probe: {
        ...settings.probe,
        tokenSecret: Object.values(settings.task.secrets).includes('prober-token')
          ? platform.proberToken.secretArn
          : null,
        healthPath: settings.frozen.health.path,
      },
      policies,
      slo: settings.slo,
      freezeCalendar:
        props.config.releases.freezeCalendar && environmentNames(props.config.name).freezeCalendarParameter,
      observation: settings.observation,
      deadlines: settings.deadlines,
    } satisfies ServiceDescription);
    new CfnParameter(this, 'DescriptionParameter', {
      name: names.descriptionParameter,
      description: `What the release workflow has to know of ${props.service}`,
      type: 'String',
      // The journeys alone may pass the 4 KiB of a standard parameter.
      tier: 'Intelligent-Tiering',
      value: this.toJsonString(description),
    });
  }

  private watchFreshness({ config, service, signals }: DeliveryStackProps): void {
    const { freshness } = serviceConfig({ config, service }).slo;
    if (freshness === undefined) return;
    const names = serviceNames(config.name, service);
    new FreshnessAlarm(this, 'Freshness', {
      environment: config.name,
      service,
      names,
      freshness,
      topic: signals.topic,
    });
  }

  /** The frozen service has no desired count: from the first deploy on, this minimum is what raises it. */
  private scale({ config, service }: DeliveryStackProps): void {
    const { scaling } = serviceConfig({ config, service });
    const target = new ScalableTarget(this, 'Scaling', {
      serviceNamespace: ServiceNamespace.ECS,
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/${environmentNames(config.name).cluster}/${service}`,
      minCapacity: scaling.minimum,
      maxCapacity: scaling.maximum,
    });
    target.scaleToTrackMetric('Cpu', {
      predefinedMetric: PredefinedMetric.ECS_SERVICE_AVERAGE_CPU_UTILIZATION,
      targetValue: scaling.cpuPercent,
    });
  }
}
