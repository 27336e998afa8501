import type {
  DescribeScalableTargetsCommandInput,
  DescribeScalableTargetsResponse,
  RegisterScalableTargetCommandInput,
  RegisterScalableTargetResponse,
  ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import { arn, roleArn } from '../aws/arn.ts';
import { type Operations, ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import { optionalNumber, text } from '../deploy/properties.ts';
import type { Provisions } from '../deploy/provision.ts';

const serviceRole = roleArn(
  'aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
);

/** Application Auto Scaling, as far as it can be suspended: the stage itself never scales. */
export class Autoscaling {
  readonly #clock: Clock;
  readonly #targets = new Map<string, ScalableTarget>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Creates a target, or changes what is given of one.
   * @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
   */
  register(input: RegisterScalableTargetCommandInput): string {
    const key = `${input.ServiceNamespace}|${input.ResourceId}|${input.ScalableDimension}`;
    const existing = this.#targets.get(key);
    const MinCapacity = input.MinCapacity ?? existing?.MinCapacity;
    const MaxCapacity = input.MaxCapacity ?? existing?.MaxCapacity;
    if (MinCapacity === undefined || MaxCapacity === undefined) {
      throw new ServiceError('ValidationException', 'A new scalable target needs MinCapacity and MaxCapacity.');
    }
    const resume = {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
    };
    const ScalableTargetARN =
      existing?.ScalableTargetARN ?? arn('application-autoscaling', `scalable-target/0ec5${this.#targets.size}`);
    this.#targets.set(key, {
      ServiceNamespace: input.ServiceNamespace,
      ResourceId: input.ResourceId,
      ScalableDimension: input.ScalableDimension,
      MinCapacity,
      MaxCapacity,
      RoleARN: serviceRole,
      CreationTime: existing?.CreationTime ?? new Date(this.#clock.now()),
      SuspendedState: { ...resume, ...existing?.SuspendedState, ...input.SuspendedState },
      ScalableTargetARN,
    });
    return ScalableTargetARN;
  }

  targets(): readonly ScalableTarget[] {
    return [...this.#targets.values()];
  }

  operations(): Operations {
    return {
      RegisterScalableTarget: (input: RegisterScalableTargetCommandInput): RegisterScalableTargetResponse => ({
        ScalableTargetARN: this.register(input),
      }),
      DescribeScalableTargets: (input: DescribeScalableTargetsCommandInput): DescribeScalableTargetsResponse => {
        const { ServiceNamespace, ResourceIds, ScalableDimension } = input;
        const found = this.targets().filter(
          (target) =>
            target.ServiceNamespace === ServiceNamespace &&
            (ResourceIds === undefined || ResourceIds.includes(target.ResourceId ?? '')) &&
            (ScalableDimension ?? target.ScalableDimension) === target.ScalableDimension,
        );
        return { ScalableTargets: found };
      },
    };
  }

  provisions(): Provisions {
    return {
      'AWS::ApplicationAutoScaling::ScalableTarget': (resource) => {
        const target = {
          ServiceNamespace: text(resource, 'ServiceNamespace'),
          ResourceId: text(resource, 'ResourceId'),
          ScalableDimension: text(resource, 'ScalableDimension'),
          MinCapacity: optionalNumber(resource, 'MinCapacity'),
          MaxCapacity: optionalNumber(resource, 'MaxCapacity'),
        };
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- namespace and dimension are open enumerations
        const Id = this.register(target as RegisterScalableTargetCommandInput);
        const { ResourceId, ScalableDimension, ServiceNamespace } = target;
        return { ref: `${ResourceId}|${ScalableDimension}|${ServiceNamespace}`, attributes: { Id } };
      },
    };
  }
}
