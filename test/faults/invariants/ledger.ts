import type { Release } from '../../../lambda/domain/release.ts';
import type { Facts } from '../facts.ts';
import type { Invariant } from './invariants.ts';

/** Every release of the run has an entry that says how it ended. */
const entriesAreFinal: Invariant = ({ entries, executions }) => [
  ...entries
    .filter(({ closedAt, outcome }) => closedAt === null || outcome === null)
    .map(({ id, state }) => `the entry of ${id} is not final: it stands at ${state.name}`),
  ...(entries.length === 0 ? [`the ledger has no entry of ${executions.map(({ name }) => name).join(', ')}`] : []),
];

/** What the last release that changed something says has to be what serves. */
const entriesAreTrue: Invariant = (facts) => {
  const last = facts.entries.findLast(({ outcome }) => outcome === 'released' || outcome === 'rolled-back');
  const told = last === undefined ? facts.before.digest : servesAfter(last);
  if (told === facts.serving.digest) return [];
  const how = last === undefined ? 'no release changed anything' : `${last.id} ended ${last.outcome}`;
  return [`${how}, so ${told} should serve; ${facts.serving.digest} does`];
};

function servesAfter({ outcome, image, blue }: Release): string | null {
  return (outcome === 'released' ? image?.digest : blue?.digest) ?? null;
}

const liveIsWhatServes: Invariant = ({ live, serving }: Facts) => {
  if (live === null) return ['the ledger does not say what is live'];
  const wrong = live.digest !== serving.digest || live.taskDefinition !== serving.taskDefinition;
  return wrong
    ? [
        `the ledger calls ${live.digest} (${live.taskDefinition}) live; ${serving.digest} (${serving.taskDefinition}) serves`,
      ]
    : [];
};

/** An outcome may not hide what users got. */
const outcomesFitTheUsers: Invariant = ({ entries, users }) =>
  users.failedOnGreen > 0 && entries.every(({ outcome }) => outcome === 'refused')
    ? [`${users.failedOnGreen} requests failed on the new version, and the ledger says refused`]
    : [];

/** Each that got the lock has ended, and so has its execution, when a release begins; a rollback may have to wait. */
const oneAtATime: Invariant = ({ entries, executions }) => {
  const admitted = entries.filter(({ token }) => token !== null);
  return admitted.slice(0, -1).flatMap((one, index) => {
    const next = admitted[index + 1];
    const ends = [one.closedAt, executions.find(({ name }) => name === one.id)?.stoppedAt ?? null];
    return ends
      .filter((end) => end !== null && next?.kind === 'release' && end > next.openedAt)
      .map((end) => `${next?.id} began at ${next?.openedAt}, and ${one.id} ended at ${end}`);
  });
};

const outputsAreTheEntries: Invariant = ({ entries, executions }) =>
  executions.flatMap(({ name, output }) => {
    const entry = entries.find(({ id }) => id === name);
    return output !== null && entry !== undefined && entry.outcome !== output.outcome
      ? [`${name} gave ${output.outcome}, and the ledger says ${entry.outcome}`]
      : [];
  });

const knownGoodIsNeverRetired: Invariant = ({ live, liveImage, liveRevision }) => [
  ...(liveImage.present ? [] : [`the image of the live version, ${live?.digest}, is gone`]),
  ...(liveRevision === 'ACTIVE'
    ? []
    : [`the revision of the live version, ${live?.taskDefinition}, is ${liveRevision}`]),
  ...(liveImage.tags.some((tag) => tag.startsWith('known-good-'))
    ? []
    : [`the live image is not tagged known-good: ${liveImage.tags.join(', ')}`]),
];

export const invariantsOfTheLedger: Readonly<Record<string, Invariant>> = {
  'the ledger is final': entriesAreFinal,
  'the ledger is true': entriesAreTrue,
  'what is called live is what serves': liveIsWhatServes,
  'outcomes fit what users got': outcomesFitTheUsers,
  'one release at a time': oneAtATime,
  'executions and entries agree': outputsAreTheEntries,
  'known-good is never retired': knownGoodIsNeverRetired,
};
