import type { ProbeReport, ProbeRequest, ProbeSample } from '../../../lambda/domain/probe.ts';
import type { Endpoint } from '../../../local/aws/endpoint.ts';
import { ServiceError } from '../../../local/aws/operation.ts';
import { description, groups, shape } from '../domain/samples.ts';
import { answer } from './answer.ts';
import { fakeCodeDeploy } from './fake-codedeploy.ts';
import { fakeEcs } from './fake-ecs.ts';
import { fakeRds } from './fake-rds.ts';
import type { State } from './state.ts';

/** Has the endpoint answer all that the steps ask, from a state that a test sets. */
export function serveFakes(endpoint: Endpoint, state: () => State): void {
  endpoint.serve('ecs', fakeEcs(state));
  endpoint.serve('codedeploy', fakeCodeDeploy(state));
  endpoint.serve('rds', fakeRds(state));
  endpoint.serve('ssm', {
    GetParameters: answer(({ Names }) => {
      const known: Record<string, object> = {
        '/understudy/local/services/trucks/description': description,
        '/understudy/local/services/trucks/shape': shape,
      };
      const names = [Names].flat().map(String);
      const { calendar } = state();
      if (calendar !== null && names.includes(description.freezeCalendar ?? '')) {
        return { Parameters: [{ Name: description.freezeCalendar, Value: calendar }] };
      }
      return {
        Parameters: names.flatMap((Name) => (known[Name] ? [{ Name, Value: JSON.stringify(known[Name]) }] : [])),
      };
    }),
  });
  endpoint.serve('ecr', {
    DescribeImages: answer(({ imageIds }) => {
      const id: { imageDigest?: string; imageTag: string } = Object([imageIds].flat()[0]);
      const digest = id.imageDigest ?? state().images[id.imageTag];
      if (digest === undefined || !Object.values(state().images).includes(digest))
        throw new ServiceError('ImageNotFoundException', 'no image');
      return { imageDetails: [{ imageDigest: digest }] };
    }),
    BatchGetImage: answer(() => ({ images: [{ imageManifest: '{}', imageManifestMediaType: 'application/json' }] })),
    PutImage: answer(() => ({})),
  });
  endpoint.serve('elasticloadbalancing', {
    DescribeRules: answer(() => ({
      Rules: [
        {
          Actions: [
            {
              Type: 'forward',
              ForwardConfig: {
                TargetGroups: [
                  { TargetGroupArn: groups.a, Weight: state().weights[0] },
                  { TargetGroupArn: groups.b, Weight: state().weights[1] },
                ],
              },
            },
          ],
        },
      ],
    })),
    DescribeTargetHealth: answer(({ TargetGroupArn }) => ({
      TargetHealthDescriptions: (state().targets[String(TargetGroupArn)] ?? []).map((State, index) => ({
        Target: { Id: `10.0.1.${index}`, Port: shape.port },
        TargetHealth: { State },
      })),
    })),
  });
  endpoint.serve('ec2', {
    DescribeNetworkInterfaces: answer(() => ({ NetworkInterfaces: [{ PrivateIpAddress: '10.0.0.10' }] })),
  });
  endpoint.serve('monitoring', {
    DescribeAlarms: answer(({ AlarmNames }) => ({
      MetricAlarms: [AlarmNames].flat().map((name) => ({
        AlarmName: name,
        StateValue: state().alarms[String(name)] ?? 'OK',
        Dimensions: [
          {
            Name: 'TargetGroup',
            Value: String(name).includes('-a-') ? 'targetgroup/trucks-a/1' : 'targetgroup/trucks-b/2',
          },
        ],
      })),
    })),
    GetMetricData: answer(({ MetricDataQueries, EndTime }) => ({
      MetricDataResults: [MetricDataQueries].flat().map((query) => {
        const { Id, MetricStat } = Object(query);
        const { Metric } = MetricStat;
        if (Metric.Namespace === 'ECS/ContainerInsights') {
          const percent = state().used[Metric.Dimensions[2].Value];
          const minutes = percent === undefined ? [] : [6, 5, 4, 3, 2];
          const end = new Date(String(EndTime)).getTime();
          return {
            Id,
            Timestamps: minutes.map((before) => new Date(end - before * 60_000)),
            Values: minutes.map(() => percent),
          };
        }
        const group = String(Metric.Dimensions[1].Value);
        const errors = Object.entries(state().errors).find(([arn]) => arn.endsWith(group))?.[1] ?? 0;
        const values: Record<string, number> =
          MetricStat.Period === 3600
            ? { RequestCount: state().window.requests, HTTPCode_Target_5XX_Count: state().window.errors }
            : { RequestCount: 100, HTTPCode_Target_5XX_Count: errors };
        return { Id, Timestamps: [new Date(0)], Values: [values[Metric.MetricName] ?? 0] };
      }),
    })),
  });
  endpoint.serve('application-autoscaling', {
    DescribeScalableTargets: answer(() => ({
      ScalableTargets: state().scaling === null ? [] : [{ SuspendedState: state().scaling }],
    })),
    RegisterScalableTarget: answer(() => ({})),
  });
  endpoint.serve('secretsmanager', { GetSecretValue: answer(() => ({ SecretString: 's3cret' })) });
  endpoint.serve('logs', {
    GetLogEvents: answer(() => ({ events: state().lines.map((message) => ({ message })) })),
  });
  endpoint.serve('states', { DescribeExecution: answer(() => state().holder) });
  endpoint.serve('events', { PutEvents: answer(() => ({ FailedEntryCount: 0, Entries: [{}] })) });
  endpoint.serve('sns', { Publish: answer(() => ({ MessageId: 'm-1' })) });
  endpoint.serve('lambda', {
    Invoke: answer(({ Payload }) => {
      const request: ProbeRequest = JSON.parse(Buffer.from(Object(Payload)).toString());
      return { StatusCode: 200, Payload: Buffer.from(JSON.stringify(probe(state(), request))) };
    }),
  });
}

function probe({ answers }: State, { targets, journeys, rounds }: ProbeRequest): ProbeReport {
  if (answers instanceof Error) throw new ServiceError('ServiceException', answers.message, 500);
  const samples = targets.flatMap(({ ip, port, colour }) =>
    journeys.map((journey): ProbeSample => {
      const bad = answers[colour] === 'bad';
      return {
        ip,
        port,
        colour,
        journey: journey.name,
        ok: bad ? 0 : rounds,
        failed: bad ? rounds : 0,
        slowestMs: answers[colour] === 'slow' ? 400 : 5,
        reason: bad ? 'status 500 instead of 200' : null,
      };
    }),
  );
  return { rounds, samples };
}
