import type { Facts } from '../facts.ts';

/** Says what is wrong, in words; nothing when all is well. */
export type Invariant = (facts: Facts) => readonly string[];

const when = (wrong: boolean, text: string): string[] => (wrong ? [text] : []);

const everythingEnds: Invariant = ({ quiet, executions, deployments }) =>
  when(
    !quiet,
    `something still runs: ${JSON.stringify({ executions: executions.map(({ name, status }) => [name, status]), deployments })}`,
  );

const aHealthyVersionServesAlone: Invariant = ({ serving }) => [
  ...when(!serving.good, `the image that serves, ${serving.digest}, is a bad one`),
  ...when(
    serving.groups.length !== 1 || serving.groups[0]?.targetGroup !== serving.targetGroup,
    `not all traffic goes to the primary task set: ${JSON.stringify(serving.groups)}`,
  ),
  ...serving.groups.flatMap(({ targetGroup, healthy }) =>
    when(healthy < serving.desired, `${targetGroup} has ${healthy} of ${serving.desired} healthy targets`),
  ),
];

const usersAlwaysReachSomebody: Invariant = ({ unserved }) =>
  unserved.slice(0, 1).map((moment) => `${moment} (${unserved.length} seconds in all)`);

/** A bad green may answer those who were let in; nothing else may fail. */
const oldVersionNeverFails: Invariant = ({ users }) =>
  when(users.failed > users.failedOnGreen, `${users.failedOnBlue} requests failed on the old version`);

/** What the probes can see, no user has to. */
const nobodyMeetsWhatFailsBefore: Invariant = ({ badFromTheStart, users }) =>
  when(badFromTheStart && users.onGreen > 0, `${users.onGreen} requests reached a version that fails before traffic`);

const theLockIsFreeOrTheNextOnes: Invariant = ({ lock }) =>
  when(lock.holder !== null, `${lock.holder} still holds the lock, and ${lock.running ? 'runs' : 'has ended'}`);

const nothingIsOrphaned: Invariant = ({ strayTasks, taskSets, deployments, unfinished }) => [
  ...when(unfinished.length > 0, `deployments went on when the releases had ended: ${unfinished.join(', ')}`),
  ...when(strayTasks.length > 0, `one-off tasks still run: ${strayTasks.join(', ')}`),
  ...when(taskSets.join() !== 'PRIMARY', `the service has the task sets ${taskSets.join(', ')}`),
  ...when(deployments.length > 0, `deployments are not over: ${deployments.join(', ')}`),
];

const autoscalingIsNotLeftSuspended: Invariant = ({ suspended }) =>
  when(
    suspended.some((state) => Object.values(state).includes(true)),
    `autoscaling is suspended: ${JSON.stringify(suspended)}`,
  );

const somebodyIsTold: Invariant = ({ notifications }) => when(notifications === 0, 'nobody was told');

const mostEvents = 10_000;
const historyStaysShort: Invariant = ({ executions }) =>
  executions.flatMap(({ name, historyEvents }) =>
    when(historyEvents >= mostEvents, `${name} has ${historyEvents} history events`),
  );

export const invariantsOfTheStage: Readonly<Record<string, Invariant>> = {
  'everything ends': everythingEnds,
  'a healthy version serves 100 %': aHealthyVersionServesAlone,
  'traffic never goes where nobody is healthy': usersAlwaysReachSomebody,
  'the old version never fails': oldVersionNeverFails,
  'nobody meets a version that fails before traffic': nobodyMeetsWhatFailsBefore,
  'the lock is free': theLockIsFreeOrTheNextOnes,
  'nothing is orphaned': nothingIsOrphaned,
  'autoscaling is not left suspended': autoscalingIsNotLeftSuspended,
  'somebody is told': somebodyIsTold,
  'history stays below 10,000 events': historyStaysShort,
};
