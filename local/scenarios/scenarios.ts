import type { RehearsalVerdict } from '../../lambda/domain/rehearsal/record.ts';
import type { Logbook } from '../images/logbook.ts';
import type { Variant } from '../images/variants.ts';
import { schemaScenarios } from './schema-scenarios.ts';

export interface Scenario {
  readonly name: string;
  /** What happens, in one line. */
  readonly title: string;
  readonly variant: Variant | Logbook;
  readonly version: string;
  readonly policy: 'feature' | 'hotfix';
  readonly expected: 'released' | 'rolled-back' | 'refused';
  /**
   * What users may notice of it: nothing at all, the new version working, or its failures until the
   * decision, which then has to fall in time.
   */
  readonly users: 'see the new version' | 'notice nothing' | 'are hurt until the decision';
  /** What the rehearsal should come to. */
  readonly verdict?: RehearsalVerdict;
  /** Whether somebody starts the rollback once it has been released. */
  readonly takenBack?: boolean;
}

/** The tour, in the order in which it plays them: each one starts from what the one before left serving. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'first',
    title: 'the first release, onto a service that serves nothing yet',
    variant: 'healthy',
    version: '1.0.0',
    policy: 'feature',
    expected: 'released',
    users: 'see the new version',
  },
  {
    name: 'good',
    title: 'a good update',
    variant: 'healthy',
    version: '1.1.0',
    policy: 'feature',
    expected: 'released',
    users: 'see the new version',
  },
  {
    name: 'hotfix',
    title: 'a good update in a hurry: the same proofs, a shorter watch',
    variant: 'healthy',
    version: '1.1.1',
    policy: 'hotfix',
    expected: 'released',
    users: 'see the new version',
  },
  ...(
    [
      ['crash', 'a version that ends at start'],
      ['errors', 'a version that is healthy by its own word, and answers with errors'],
      ['slow', 'a version that is healthy and right, and far too slow'],
      ['hang', 'a version that never becomes healthy'],
      ['zombie', 'a version with a plugin that fails to start while liveness says 200'],
    ] as const
  ).map(
    ([variant, title], index): Scenario => ({
      name: variant,
      title,
      variant,
      version: `1.${index + 2}.0`,
      policy: 'feature',
      expected: 'rolled-back',
      users: 'notice nothing',
    }),
  ),
  {
    name: 'late',
    title: "a version that behaves until users' traffic reaches it, and then fails",
    variant: 'late',
    version: '1.7.0',
    policy: 'feature',
    expected: 'rolled-back',
    users: 'are hurt until the decision',
  },
];

/** What `--scenario` takes. */
export const allScenarios: readonly Scenario[] = [...scenarios, ...schemaScenarios];

/** @throws when there is no scenario of that name */
export function scenarioNamed(name: string): Scenario {
  const found = allScenarios.find((scenario) => scenario.name === name);
  if (found) return found;
  throw new Error(
    `There is no scenario "${name}". There are: ${allScenarios.map((scenario) => scenario.name).join(', ')}.`,
  );
}

/**
 * What has to be played to get to a scenario, in order: a release needs one before it that put something live, and one
 * of the schema needs the plugin that it changes.
 */
export function upTo(wanted: Scenario): readonly Scenario[] {
  const start = scenarioNamed(schemaScenarios.includes(wanted) ? 'schema-first' : 'first');
  return wanted === start ? [wanted] : [start, wanted];
}
