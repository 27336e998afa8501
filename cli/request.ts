import { type ReleaseRequestInput, releaseRequestSchema } from '../lambda/domain/request.ts';
import type { Options, Values } from './command.ts';
import { Failure } from './failure.ts';

/** Options that become the release's request. */
export const requestOptions = {
  version: { type: 'string', value: 'TEXT', help: 'what the version is called (the tag, when IMAGE is one)' },
  sequence: {
    type: 'string',
    value: 'N',
    help: 'order of the releases, such as the run number of a pipeline (one more than what is live)',
  },
  policy: {
    type: 'string',
    value: 'NAME',
    help: 'feature, with canary and bake (default), or hotfix, with a short watch',
  },
  reason: { type: 'string', value: 'TEXT', help: 'why, for the ledger and the notification' },
  by: { type: 'string', value: 'WHO', help: 'who asks for it (whoever the credentials say you are)' },
  commit: { type: 'string', value: 'SHA', help: 'the commit that the image was built from' },
  approval: { type: 'boolean', help: 'waits for the approve command before users reach the new version' },
  'override-freeze': { type: 'string', value: 'WHY', help: 'starts in a freeze window all the same, and says why' },
  'allow-older': { type: 'boolean', help: 'allows a sequence below the live one' },
  'allow-cutover': {
    type: 'boolean',
    help: 'allows announced downtime when the old version cannot live on the new schema',
  },
  'allow-irreversible': { type: 'boolean', help: 'allows migrations that cannot be taken back, after a snapshot' },
} as const satisfies Options;

export interface Asked {
  readonly service: string;
  readonly image: string;
  readonly until: 'plan' | 'rehearse' | 'release';
  readonly values: Values<typeof requestOptions>;
}

/** What was not given, and is found out only then. */
export interface Defaults {
  sequence(): Promise<number>;
  requestedBy(): Promise<string>;
}

/** By the request's member: how a person gives it. */
const optionOf: Readonly<Record<string, string>> = {
  service: 'SERVICE',
  image: 'IMAGE',
  requestedBy: '--by',
  overrideFreeze: '--override-freeze',
};

/**
 * The request, checked as the workflow will check it.
 * @throws Failure that names the option, the value and what is allowed
 */
export async function requestOf(
  { service, image, until, values }: Asked,
  defaults: Defaults,
): Promise<ReleaseRequestInput> {
  const version = values.version ?? image;
  if (version.startsWith('sha256:')) {
    throw new Failure('IMAGE is a digest, which says nothing to people: give its version too, with --version.');
  }
  const request = {
    service,
    image,
    version,
    sequence: values.sequence === undefined ? await defaults.sequence() : Number(values.sequence),
    ...(values.policy !== undefined && { policy: values.policy }),
    ...(until !== 'release' && { until }),
    requestedBy: values.by ?? (await defaults.requestedBy()),
    reason: values.reason ?? `${until === 'release' ? 'Release' : `${until} only:`} ${version}`,
    ...(values.commit !== undefined && { commit: values.commit }),
    ...(values.approval === true && { approval: true }),
    ...(values['override-freeze'] !== undefined && { overrideFreeze: values['override-freeze'] }),
    ...(values['allow-older'] === true && { allowOlder: true }),
    ...(values['allow-cutover'] === true && { allowCutover: true }),
    ...(values['allow-irreversible'] === true && { allowIrreversible: true }),
  };
  const checked = releaseRequestSchema.safeParse(request);
  // As it was given: what has a default stays away, so that a later version of the workflow may have another.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has just been checked
  if (checked.success) return request as ReleaseRequestInput;
  const problems = checked.error.issues.map(({ path, message }) => {
    const member = String(path[0] ?? '');
    const read: unknown = Object.entries(request).find(([name]) => name === member)?.[1];
    // As it was given, not as it was read.
    const given = member === 'sequence' ? values.sequence : read;
    return `${optionOf[member] ?? `--${member}`} is ${JSON.stringify(given)}: ${message}`;
  });
  throw new Failure(`${problems.join('\n')}\nNothing was started.`);
}

/**
 * Name of an execution: 1 to 80 characters, and many that are not allowed.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function releaseId(given: string | undefined, ...parts: readonly string[]): string {
  const id =
    given ??
    parts
      .join('-')
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .slice(0, 80);
  if (/^[A-Za-z0-9._+@=!()-]{1,80}$/.test(id)) return id;
  throw new Failure(`--name is "${id}"; it takes 1 to 80 letters, digits, dots, hyphens and underscores.`);
}

/** `20261121T060400Z`: sorts by time, and may stand in a name. */
export function compactTime(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
