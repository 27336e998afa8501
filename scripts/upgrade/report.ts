import { z } from 'zod';
import { verdicts } from '../../lambda/domain/rehearsal/record.ts';

/** What an upgrade came to: the JSON that `--report` writes. */
export const upgradeReportSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  verdict: z.enum(verdicts),
  /** Null where a question could not be asked; all four are when there is nothing to migrate. */
  truthTable: z.strictObject({
    greenWorks: z.boolean().nullable(),
    runningBlueWorks: z.boolean().nullable(),
    restartedBlueWorks: z.boolean().nullable(),
    downWorks: z.boolean().nullable(),
  }),
  /** In the rehearsal's way back, and in the release forward and back; entities that nobody can read count too. */
  rowsLost: z.int(),
  /** All of it: installing both releases, too. */
  seconds: z.number(),
  /** That the newer release brings, by file. */
  migrations: z.array(z.string()),
  /** Packages of the releases that the registry does not have. */
  leftOut: z.array(z.string()),
  /** By table, where rows were lost. */
  lost: z.record(z.string(), z.int()),
  copy: z.strictObject({ rows: z.int(), bytes: z.int(), ms: z.number(), drift: z.array(z.string()) }),
  /** Null when the verdict forbids the release. */
  release: z.strictObject({ forward: z.boolean(), back: z.boolean() }).nullable(),
  told: z.array(z.string()),
});
export type UpgradeReport = z.infer<typeof upgradeReportSchema>;
