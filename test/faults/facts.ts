import { z } from 'zod';
import type { Live } from '../../lambda/domain/live.ts';
import { type Release, releaseSchema } from '../../lambda/domain/release.ts';
import type { UserCounts } from '../../local/simulation/simulated-users.ts';
import { readLedger } from './ledger.ts';
import type { InvocationRecord } from './stage/disturber.ts';
import type { FaultStage } from './stage/fault-stage.ts';
import type { SchemaFacts } from './stage/schema.ts';

export interface ExecutionFacts {
  readonly name: string;
  readonly status: string;
  readonly output: Release | null;
  /** ISO; null while it runs. */
  readonly stoppedAt: string | null;
  readonly historyEvents: number;
}

/** What there is to see once all executions of a run have ended: plain data, for the invariants to judge. */
export interface Facts {
  /** Whether everything came to an end in time. */
  readonly quiet: boolean;
  readonly serving: {
    /** Target groups with weight in the production rule. */
    readonly groups: readonly { readonly targetGroup: string; readonly weight: number; readonly healthy: number }[];
    /** The primary task set. */
    readonly targetGroup: string;
    readonly taskDefinition: string;
    readonly digest: string;
    readonly desired: number;
    readonly good: boolean;
  };
  readonly before: { readonly digest: string };
  /** Moments at which users were sent to nobody. */
  readonly unserved: readonly string[];
  readonly users: UserCounts;
  /** Whether the new version fails before users could reach it. */
  readonly badFromTheStart: boolean;
  readonly lock: { readonly holder: string | null; readonly running: boolean };
  /** Those of this run, oldest first; the first is the one that the fault struck. */
  readonly executions: readonly ExecutionFacts[];
  /** The ledger's entries of this run, oldest first. */
  readonly entries: readonly Release[];
  readonly live: Live | null;
  readonly liveImage: { readonly present: boolean; readonly tags: readonly string[] };
  readonly liveRevision: string;
  /** Tasks that run outside the service. */
  readonly strayTasks: readonly string[];
  readonly taskSets: readonly string[];
  readonly deployments: readonly string[];
  /** Deployments that were under way when the last execution had ended. */
  readonly unfinished: readonly string[];
  readonly suspended: readonly Readonly<Record<string, boolean>>[];
  readonly notifications: number;
  readonly schema: SchemaFacts;
  /** Of the execution that the fault struck. */
  readonly invocations: readonly InvocationRecord[];
}

export interface Before {
  readonly digest: string;
  readonly at: number;
  readonly executions: number;
  readonly notifications: number;
}

export function before(stage: FaultStage): Before {
  return {
    digest: primary(stage).digest,
    at: stage.clock.now(),
    executions: stage.executions().length,
    notifications: stage.simulated.cloud.topics.published().length,
  };
}

/** What was seen while it went on. */
export type Seen = Pick<Facts, 'users' | 'unserved' | 'unfinished' | 'badFromTheStart'>;

export async function collect(stage: FaultStage, start: Before, seen: Seen): Promise<Facts> {
  const { cloud, description } = stage.simulated;
  const { holder, live, entries } = await readLedger(stage);
  const executions = stage.executions().slice(start.executions);
  const serving = primary(stage);
  const image = live && cloud.registry.find(description.repository.name, live.digest);
  return {
    quiet: stage.quiet,
    serving: { ...serving, groups: stage.traffic.serving(), good: stage.good.has(serving.digest) },
    before: { digest: start.digest },
    ...seen,
    lock: {
      holder,
      running: stage.executions().some(({ options, status }) => options.arn === holder && status === 'RUNNING'),
    },
    executions: executions.map(({ options, status, output, history, stoppedAt }) => ({
      name: options.name,
      status,
      output: releaseSchema.safeParse(JSON.parse(output ?? 'null')).data ?? null,
      stoppedAt: stoppedAt === null ? null : new Date(stoppedAt).toISOString(),
      historyEvents: history.events.length,
    })),
    entries: entries.filter(({ openedAt }) => Date.parse(openedAt) >= start.at),
    live,
    liveImage: { present: Boolean(image), tags: [...(image?.tags ?? [])] },
    liveRevision: (live && cloud.ecs.definitions.find(live.taskDefinition)?.definition.status) ?? 'gone',
    strayTasks: cloud.ecs
      .tasks()
      .filter(({ input, lastStatus }) => lastStatus !== 'STOPPED' && !input.group.startsWith('service:'))
      .map(({ arn }) => arn),
    taskSets: cloud.ecs.services()[0]?.taskSets.map(({ status }) => status) ?? [],
    deployments: stage.deployments(),
    suspended: await suspensions(stage),
    notifications: cloud.topics.published().length - start.notifications,
    schema: stage.schema.facts(serving.digest),
    invocations: [...stage.disturber.invocations],
  };
}

function primary(stage: FaultStage) {
  const [ecsService] = stage.simulated.cloud.ecs.services();
  const set = ecsService?.primary;
  if (ecsService === undefined || set === undefined) throw new Error('The service has no primary task set.');
  const { revision, targetGroup } = set.input;
  const image = revision.definition.containerDefinitions?.[0]?.image ?? '';
  return {
    targetGroup,
    taskDefinition: revision.arn,
    digest: image.split('@')[1] ?? image,
    desired: ecsService.desiredCount,
  };
}

const scalableSchema = z.object({
  ScalableTargets: z.array(z.object({ SuspendedState: z.record(z.string(), z.boolean()).default({}) })),
});

async function suspensions(stage: FaultStage): Promise<Facts['suspended']> {
  const { lookUp } = stage.simulated.cloud.endpoint;
  const answer = await lookUp('application-autoscaling', 'DescribeScalableTargets', { ServiceNamespace: 'ecs' });
  return scalableSchema.parse(answer).ScalableTargets.map(({ SuspendedState }) => SuspendedState);
}
