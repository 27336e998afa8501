import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type IWidget, Metric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { environmentNames } from '../../lambda/domain/names.ts';
import type { EnvironmentConfig } from '../config/config.ts';

export interface SharedWidgetsProps {
  readonly config: EnvironmentConfig;
  readonly loadBalancer: string;
}

const period = Duration.minutes(5);

/** What all services stand on: the database, and what the load balancer answers by itself. */
export function sharedWidgets({ config, loadBalancer }: SharedWidgetsProps): IWidget[][] {
  const { prefix } = environmentNames(config.name);
  const database = (metricName: string, statistic = 'Average') =>
    new Metric({
      namespace: 'AWS/RDS',
      metricName,
      statistic,
      period,
      dimensionsMap: { DBInstanceIdentifier: prefix },
    });
  const answered = (status: number) =>
    new Metric({
      namespace: 'AWS/ApplicationELB',
      metricName: `HTTPCode_ELB_${status}_Count`,
      statistic: 'Sum',
      period: Duration.minutes(1),
      label: String(status),
      dimensionsMap: { LoadBalancer: loadBalancer },
    });
  const { maxConnections, storageGb } = config.database;
  return [
    [new TextWidget({ markdown: '# Database and load balancer', width: 24, height: 1 })],
    [
      new GraphWidget({
        title: 'Connections to the database',
        left: [database('DatabaseConnections', 'Maximum')],
        leftAnnotations: [{ value: maxConnections, label: 'max_connections' }],
        leftYAxis: { min: 0 },
        width: 6,
      }),
      new GraphWidget({
        title: 'CPU of the database, percent',
        left: [database('CPUUtilization')],
        leftYAxis: { min: 0, max: 100 },
        width: 6,
      }),
      new GraphWidget({
        title: 'Free storage of the database, bytes',
        left: [database('FreeStorageSpace', 'Minimum')],
        leftAnnotations: [{ value: (storageGb * 2 ** 30) / 10, label: 'alarm' }],
        leftYAxis: { min: 0 },
        width: 6,
      }),
      new GraphWidget({
        title: 'Answered by the load balancer itself',
        left: [502, 503, 504].map(answered),
        leftYAxis: { min: 0 },
        width: 6,
      }),
    ],
  ];
}
