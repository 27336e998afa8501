import { z } from 'zod';
import type { Ignore } from './ignores.ts';

/** One entry of `cfn-lint --format json`. */
const findingSchema = z.object({
  Filename: z.string(),
  Level: z.string(),
  Message: z.string(),
  Rule: z.object({ Id: z.string() }),
  Location: z.object({ Path: z.array(z.union([z.string(), z.number()])).nullable() }),
});

export interface Judged {
  /** In words, each with its file. */
  readonly unexplained: readonly string[];
  readonly explained: number;
  /** Ignores that ignored nothing. */
  readonly idle: readonly Ignore[];
}

/** @param output what cfn-lint wrote on standard output */
export function judge(output: string, ignores: readonly Ignore[]): Judged {
  const findings = z.array(findingSchema).parse(output.trim() === '' ? [] : JSON.parse(output));
  const used = new Set<Ignore>();
  const unexplained: string[] = [];
  for (const { Filename, Level, Message, Rule, Location } of findings) {
    const path = (Location.Path ?? []).join('/');
    const ignore = ignores.find(({ rule, at }) => rule === Rule.Id && at.test(path));
    if (ignore === undefined) unexplained.push(`${Filename}: ${Rule.Id} (${Level}) at ${path}: ${Message}`);
    else used.add(ignore);
  }
  return {
    unexplained,
    explained: findings.length - unexplained.length,
    idle: ignores.filter((each) => !used.has(each)),
  };
}
