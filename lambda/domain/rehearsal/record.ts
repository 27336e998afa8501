import { z } from 'zod';

const instant = z.string();

/**
 * What a rehearsal does, each in one task of its own but for `running-blue`, which asks the task of
 * `blue` again. `live` is the check of a release that brings no migrations: on the live database.
 */
export const rehearsalTaskNames = [
  'live',
  'manifest',
  'copy',
  'copy-by-green',
  'blue',
  'migrate',
  'green',
  'running-blue',
  'restarted-blue',
  'down',
  'unwound-blue',
  'drop',
] as const;
export type RehearsalTaskName = (typeof rehearsalTaskNames)[number];

const taskSchema = z.strictObject({
  name: z.enum(rehearsalTaskNames),
  /** ARN of the ECS task. */
  task: z.string(),
  startedAt: instant,
  /** When the task was first seen to have stopped: its log may arrive later. */
  stoppedAt: instant.nullable(),
  endedAt: instant.nullable(),
  probes: z.int(),
  /** Null while it is open. */
  ok: z.boolean().nullable(),
  reason: z.string(),
  /** Kind of the error that the schema tool named. */
  error: z.string().optional(),
});
export type RehearsalTask = z.infer<typeof taskSchema>;

/** What was found out on the scratch copy; null where it was not tried, or could not be. */
const truthTableSchema = z.strictObject({
  greenWorks: z.boolean().nullable(),
  runningBlueWorks: z.boolean().nullable(),
  restartedBlueWorks: z.boolean().nullable(),
  downWorks: z.boolean().nullable(),
});
export type TruthTable = z.infer<typeof truthTableSchema>;

export const verdicts = ['neutral', 'coexists', 'exclusive', 'irreversible', 'broken'] as const;
export type RehearsalVerdict = (typeof verdicts)[number];

export const rehearsalSchema = z.strictObject({
  startedAt: instant,
  endedAt: instant.nullable(),
  /** Prefix of the scratch copy's databases; null where none is made. */
  scratch: z.string().nullable(),
  /** In the order in which they were started. */
  tasks: z.array(taskSchema),
  /** Null until the rehearsal has ended, and when it could not be brought to an end. */
  verdict: z.enum(verdicts).nullable(),
  /** Null where no migration was rehearsed. */
  truthTable: truthTableSchema.nullable(),
  reason: z.string(),
  /** From the start of the first task to the end of the last one. */
  seconds: z.number(),
  /** What the copy was made of; null without a copy. */
  rows: z.int().nullable(),
  bytes: z.int().nullable(),
  /** Where the live schema is not what its migrations make, the first lines of it. */
  drift: z.array(z.string()),
  /** Rows, or values of a column, that taking the migrations back cost; null when nobody counted them. */
  rowsLost: z
    .array(z.strictObject({ plugin: z.string(), table: z.string(), column: z.string().optional(), rows: z.int() }))
    .nullable(),
  /** What the service does not allow to be rehearsed, in words. */
  limits: z.array(z.string()),
});
export type Rehearsal = z.infer<typeof rehearsalSchema>;

export function newRehearsal(at: string, scratch: string | null, limits: readonly string[]): Rehearsal {
  return {
    startedAt: at,
    endedAt: null,
    scratch,
    tasks: [],
    verdict: null,
    truthTable: null,
    reason: '',
    seconds: 0,
    rows: null,
    bytes: null,
    drift: [],
    rowsLost: null,
    limits: [...limits],
  };
}

export function taskOf({ tasks }: Rehearsal, name: RehearsalTaskName): RehearsalTask | undefined {
  return tasks.find((each) => each.name === name);
}

/** The rehearsal with this task in place of the one of its name, or at the end. */
export function withTask(rehearsal: Rehearsal, task: RehearsalTask): Rehearsal {
  const known = taskOf(rehearsal, task.name) !== undefined;
  const tasks = known
    ? rehearsal.tasks.map((each) => (each.name === task.name ? task : each))
    : [...rehearsal.tasks, task];
  return { ...rehearsal, tasks };
}

/** Whether a scratch copy may still be there: a task may have been started whose answer was lost. */
export function leavesScratch(rehearsal: Rehearsal | null): boolean {
  return rehearsal !== null && rehearsal.scratch !== null && taskOf(rehearsal, 'drop')?.ok !== true;
}
