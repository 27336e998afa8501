import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { eventDetail, notification, type ReleaseEventType } from '../domain/events.ts';
import { eventSource } from '../domain/names.ts';
import type { Release } from '../domain/release.ts';
import { Transient } from './errors.ts';

const events = new EventBridgeClient({});
/** For events that no release waits for: one try, and seconds of it. */
const hurried = new EventBridgeClient({
  maxAttempts: 1,
  requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true },
});
const topics = new SNSClient({});

/**
 * Puts an event of the release on the default bus. It is far below the 256 KB that an entry may have
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html).
 * @throws Transient when EventBridge does not take it
 */
export async function putEvent(type: ReleaseEventType, release: Release): Promise<void> {
  await put(events, type, release);
}

/** The same, without patience. */
export async function putPhase(release: Release): Promise<void> {
  await put(hurried, 'Release phase', release);
}

async function put(client: EventBridgeClient, type: ReleaseEventType, release: Release): Promise<void> {
  const { FailedEntryCount, Entries } = await client.send(
    new PutEventsCommand({
      Entries: [
        {
          Source: eventSource,
          DetailType: type,
          Detail: JSON.stringify(eventDetail(release)),
          Time: new Date(release.state.at),
          Resources: [release.execution],
        },
      ],
    }),
  );
  if (FailedEntryCount) throw new Transient(`EventBridge did not take the event: ${Entries?.[0]?.ErrorCode}.`);
}

/** Tells the topic's subscribers how the release ended. */
export async function publish(topicArn: string, release: Release): Promise<void> {
  const { subject, message } = notification(release);
  await topics.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: message }));
}
