import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type ApplicationLoadBalancer, HttpCodeElb } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { runbook } from '../signals/runbook.ts';

export interface LoadBalancerAlarmsProps {
  readonly name: string;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly topic: ITopic;
}

const answers = {
  502: { metric: HttpCodeElb.ELB_502_COUNT, says: 'tasks close connections, or answer what is not HTTP' },
  503: { metric: HttpCodeElb.ELB_503_COUNT, says: 'no task is registered with a target group' },
  504: { metric: HttpCodeElb.ELB_504_COUNT, says: 'tasks do not accept connections, or do not answer in time' },
};

/**
 * What users get when no task answers them, which the target groups' metrics do not count. It is known
 * for the whole load balancer only, the test listener included, so that it is for people: three
 * minutes of it are more than a bad green causes, which is taken back before
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html).
 */
export function loadBalancerAlarms(scope: Construct, { name, loadBalancer, topic }: LoadBalancerAlarmsProps): void {
  const action = new SnsAction(topic);
  for (const [status, { metric, says }] of Object.entries(answers)) {
    const alarm = new Alarm(scope, `Alarm-${status}`, {
      alarmName: `${name}-load-balancer-${status}`,
      alarmDescription: `[page] The load balancer of ${name} answers ${status}: ${says}. ${runbook('the-load-balancer-answers-by-itself')}`,
      metric: loadBalancer.metrics.httpCodeElb(metric, { period: Duration.minutes(1) }),
      threshold: 10,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: 3,
      evaluationPeriods: 5,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}
