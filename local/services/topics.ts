import { randomUUID } from 'node:crypto';
import type {
  GetTopicAttributesCommandInput,
  GetTopicAttributesResponse,
  ListTopicsResponse,
  PublishCommandInput,
  PublishResponse,
} from '@aws-sdk/client-sns';
import { arn } from '../aws/arn.ts';
import { type Operations, ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import { optionalText, physicalName } from '../deploy/properties.ts';
import type { Provisions } from '../deploy/provision.ts';

export interface Notification {
  readonly id: string;
  /** Stage time, in milliseconds since the epoch. */
  readonly at: number;
  readonly topic: string;
  readonly subject: string | null;
  readonly message: string;
}

/** SNS: keeps what was published, for the report to read. */
export class Topics {
  readonly #clock: Clock;
  readonly #topics = new Map<string, { readonly kmsKey: string | null }>();
  readonly #published: Notification[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Everything published so far, oldest first. */
  published(): readonly Notification[] {
    return this.#published;
  }

  /** @throws ServiceError NotFoundException for a topic that does not exist */
  publish(topic: string, message: string, subject: string | null): Notification {
    this.#existing(topic);
    const notification = { id: randomUUID(), at: this.#clock.now(), topic, subject, message };
    this.#published.push(notification);
    return notification;
  }

  /** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
  operations(): Operations {
    return {
      Publish: (input: PublishCommandInput): PublishResponse => {
        const subject = input.Subject ?? null;
        if (subject !== null && (subject.length > 100 || !/^[\x20-\x7e]+$/.test(subject))) {
          const message = `Invalid parameter: Subject (1 to 100 printable ASCII characters, not ${JSON.stringify(subject)})`;
          throw new ServiceError('InvalidParameterException', message);
        }
        return { MessageId: this.publish(input.TopicArn ?? '', input.Message ?? '', subject).id };
      },
      ListTopics: (): ListTopicsResponse => ({ Topics: [...this.#topics.keys()].map((TopicArn) => ({ TopicArn })) }),
      GetTopicAttributes: ({ TopicArn = '' }: GetTopicAttributesCommandInput): GetTopicAttributesResponse => {
        const { kmsKey } = this.#existing(TopicArn);
        return { Attributes: { TopicArn, ...(kmsKey !== null && { KmsMasterKeyId: kmsKey }) } };
      },
    };
  }

  provisions(): Provisions {
    return {
      'AWS::SNS::Topic': (resource) => {
        const name = physicalName(resource, 'TopicName');
        const topic = arn('sns', name);
        this.#topics.set(topic, { kmsKey: optionalText(resource, 'KmsMasterKeyId') ?? null });
        return { ref: topic, attributes: { TopicArn: topic, TopicName: name } };
      },
    };
  }

  #existing(topic: string): { readonly kmsKey: string | null } {
    const found = this.#topics.get(topic);
    if (found === undefined) throw new ServiceError('NotFoundException', `Topic does not exist: ${topic}`, 404);
    return found;
  }
}
