/**
 * The names that stacks and functions share. Stacks find each other by these names and by SSM
 * parameters, never by CloudFormation exports, so that each one deploys alone.
 */
export interface EnvironmentNames {
  readonly prefix: string;
  readonly cluster: string;
  readonly ledgerTable: string;
  readonly releaseTopic: string;
  readonly releaseStateMachine: string;
  readonly rollbackStateMachine: string;
  /** Keeps the events of abandoned releases that could start no recovery. */
  readonly unrecoveredQueue: string;
  readonly prober: string;
  /** SSM parameter with the text of an iCalendar file. */
  readonly freezeCalendarParameter: string;
}

export function environmentNames(environment: string): EnvironmentNames {
  const prefix = `understudy-${environment}`;
  return {
    prefix,
    cluster: prefix,
    ledgerTable: `${prefix}-ledger`,
    releaseTopic: `${prefix}-releases`,
    releaseStateMachine: `${prefix}-release`,
    rollbackStateMachine: `${prefix}-rollback`,
    unrecoveredQueue: `${prefix}-unrecovered`,
    prober: `${prefix}-prober`,
    freezeCalendarParameter: `/understudy/${environment}/freeze-calendar`,
  };
}

export interface ServiceNames {
  /** Task-definition family, CodeDeploy application and deployment group, and prefix of the alarms. */
  readonly family: string;
  readonly repository: string;
  readonly logGroup: string;
  /** SSM parameter with a {@link ServiceDescription}. */
  readonly descriptionParameter: string;
  /** SSM parameter with a {@link ServiceShape}. */
  readonly shapeParameter: string;
}

export function serviceNames(environment: string, service: string): ServiceNames {
  const parameters = `/understudy/${environment}/services/${service}`;
  return {
    family: `understudy-${environment}-${service}`,
    repository: `understudy-${environment}/${service}`,
    logGroup: `/understudy/${environment}/${service}`,
    descriptionParameter: `${parameters}/description`,
    shapeParameter: `${parameters}/shape`,
  };
}

/** Name of the Lambda function behind one state of the release workflow: `Open` → `understudy-dev-release-open`. */
export function stepFunctionName(environment: string, step: string): string {
  return `understudy-${environment}-release-${step.toLowerCase()}`;
}

/** Prefix of the tags that keep the images of good releases. */
export const knownGoodTagPrefix = 'known-good-';

/** Tags are immutable, and two images may be released under one sequence number: `known-good-42-1f0c2a9b`. */
export function knownGoodTag(sequence: number, digest: string): string {
  return `${knownGoodTagPrefix}${sequence}-${digest.replace('sha256:', '').slice(0, 8)}`;
}

/** Source of every event that Understudy puts on the default EventBridge bus. */
export const eventSource = 'understudy';
