import {
  DescribeExecutionCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { type Release, releaseSchema } from '../../lambda/domain/release.ts';

export interface Ended {
  readonly status: string | undefined;
  readonly release: Release;
  /** Names of the states in the order in which they were entered. */
  readonly states: readonly string[];
}

/** How an execution went, by the word of the Step Functions that ran it. */
export async function howItWent(client: SFNClient, executionArn: string): Promise<Ended> {
  const states = await statesOf(client, executionArn);
  const { status, output } = await client.send(new DescribeExecutionCommand({ executionArn }));
  return { status, states, release: releaseSchema.parse(JSON.parse(output ?? 'null')) };
}

export async function statesOf(client: SFNClient, executionArn: string): Promise<string[]> {
  const states: string[] = [];
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn })) {
    for (const event of events) states.push(...entered(event));
  }
  return states;
}

function entered({ stateEnteredEventDetails: details }: HistoryEvent): string[] {
  return details?.name === undefined ? [] : [details.name];
}

/** Each way from one state to the next that was gone, once: how often a state waits depends on the machine's speed. */
export function ways(states: readonly string[]): string[] {
  const all = states.slice(1).map((state, index) => `${states[index]} → ${state}`);
  return [...new Set(all)].toSorted();
}
