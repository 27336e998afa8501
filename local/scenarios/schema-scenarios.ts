import type { Scenario } from './scenarios.ts';

/** Releases that bring migrations, in an order in which each one starts from what the one before left serving. */
export const schemaScenarios: readonly Scenario[] = [
  {
    name: 'schema-first',
    title: 'a version that brings a plugin with a database of its own',
    variant: 'logbook',
    version: '2.0.0',
    policy: 'feature',
    expected: 'released',
    users: 'see the new version',
  },
  {
    name: 'schema-neutral',
    title: 'a version without migrations: the one that serves is started off-traffic, and that is the rehearsal',
    variant: 'logbook',
    version: '2.1.0',
    policy: 'feature',
    expected: 'released',
    users: 'see the new version',
    verdict: 'neutral',
  },
  {
    name: 'schema-coexists',
    title: 'a version that adds a column, and is taken back after it has served everybody',
    variant: 'logbook-adds-column',
    version: '2.2.0',
    policy: 'feature',
    expected: 'released',
    users: 'see the new version',
    verdict: 'coexists',
    takenBack: true,
  },
  ...(
    [
      [
        'schema-breaks',
        'a version that renames a column which the one that serves reads',
        'logbook-renames-column',
        'exclusive',
        'refused',
      ],
      [
        'schema-irreversible',
        'a version that drops what the one that serves needs at its next start, for good',
        'logbook-drops-table',
        'irreversible',
        'refused',
      ],
      [
        'migration-fails',
        'migrations that go well on the copy, and fail half-way on the live database',
        'logbook-fails',
        'coexists',
        'rolled-back',
      ],
      [
        'migration-killed',
        'a migration whose task is killed, so that its lock stays behind',
        'logbook-is-killed',
        'coexists',
        'rolled-back',
      ],
    ] as const
  ).map(
    ([name, title, variant, verdict, expected], index): Scenario => ({
      name,
      title,
      variant,
      version: `2.${index + 3}.0`,
      policy: 'feature',
      expected,
      users: 'notice nothing',
      verdict,
    }),
  ),
];
