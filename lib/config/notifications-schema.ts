import { z } from 'zod';

/** Who hears of alarms and releases, besides the subscribers of the topics. */
export const notificationsSchema = z.strictObject({
  /** A channel of Slack, by Amazon Q Developer in chat applications, which a person lets into the workspace once, in its console. */
  slack: z
    .strictObject({
      workspaceId: z
        .string()
        .regex(/^[0-9A-Z]{1,255}$/, 'is no id of a workspace; give the one in the console, such as T0123ABCD'),
      channelId: z
        .string()
        .regex(/^[A-Za-z0-9]{1,255}$/, 'is no id of a channel; it ends the channel’s link, such as C0123ABCD'),
    })
    .nullable(),
  /** PagerDuty, or anything else that confirms and takes SNS messages by HTTPS. */
  pagerDuty: z
    .strictObject({
      /** Name of a secret whose text is the integration's URL: whoever knows it can raise incidents. */
      secret: z
        .string()
        .regex(/^[\w/+=.@-]{1,512}$/, 'is no name of a secret, such as understudy-production/pagerduty'),
    })
    .nullable(),
});
export type NotificationsConfig = z.infer<typeof notificationsSchema>;
