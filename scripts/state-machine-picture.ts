import { type Definition, definition, type State } from '../lib/release/definition.ts';

/** The way of a release that goes well. */
const goodWay = ['Open', 'Register', 'Plan', 'Rehearse', 'Snapshot', 'Migrate', 'Shift', 'Observe', 'Promote', 'Close'];

/**
 * The state machine as a Mermaid state diagram, of its Tasks alone: a Task's arrows lead to where the
 * Choice after it may lead, and the Wait that all steps share is a loop at each step that may wait.
 */
function picture({ StartAt, States }: Definition): string {
  const ways = Object.entries(States).flatMap(([name, state]) =>
    state.Type === 'Task' ? waysOn(name, state, States) : [],
  );
  return [
    'stateDiagram-v2',
    '  direction LR',
    '  classDef good fill:#d5f0d5,stroke:#2e7d32,color:#1b3a1c',
    `  [*] --> ${StartAt}`,
    ...ways.map((way) => `  ${way}`),
    `  class ${goodWay.join(', ')} good`,
    '',
  ].join('\n');
}

function waysOn(name: string, task: Extract<State, { Type: 'Task' }>, states: Definition['States']): string[] {
  const next = task.Next === undefined ? undefined : states[task.Next];
  const targets =
    next?.Type === 'Choice' ? [...next.Choices.map((each) => each.Next), next.Default] : [task.Next ?? '[*]'];
  const onFailure = (task.Catch ?? []).map((each) => each.Next).filter((target) => !targets.includes(target));
  return [
    ...[...new Set(targets)].map((target) =>
      target === 'Wait' ? `${name} --> ${name}: waits` : `${name} --> ${target}`,
    ),
    ...onFailure.map((target) => `${name} --> ${target}: fails`),
  ];
}

process.stdout.write(picture(definition('production')));
