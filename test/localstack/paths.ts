/** What one call of a state's function gives: changes of the document, or the error it throws. */
export type Answer =
  | { readonly changes: Readonly<Record<string, unknown>> }
  | { readonly error: string; readonly cause: string };

/** Answers by state, one for each call, in order. */
export type Path = Readonly<Record<string, readonly Answer[]>>;

const goesOn: Answer = { changes: {} };
const waits = (resume: string): Answer => ({ changes: { wait: { seconds: 1, resume } } });
const refuses: Answer = { changes: { refusal: 'Not today.' } };
const throws = (error: string): Answer => ({ error, cause: 'for a reason' });
const judges = (verdict: string): Answer => ({ changes: { decision: { verdict } } });
const promotes = (done: boolean): Answer => ({ changes: { decision: { verdict: 'pass' }, promotion: { done } } });
const retreats = (result: string): Answer => ({ changes: { retreat: { result } } });

const untilRehearsed: Path = {
  Open: [goesOn],
  Register: [goesOn],
  Plan: [waits('Plan'), goesOn],
  Rehearse: [waits('Rehearse'), goesOn],
};
const wayBack: Path = {
  Retreat: [waits('Retreat'), retreats('restored')],
  Mend: [goesOn],
  Verify: [waits('Verify'), goesOn],
  Close: [goesOn],
};

/** The main paths through the workflow. A function that waits is called again. */
export const paths: Readonly<Record<string, Path>> = {
  released: {
    ...untilRehearsed,
    Shift: [goesOn],
    Observe: [waits('Observe'), waits('Observe'), judges('pass')],
    Promote: [{ changes: { wait: { seconds: 1, resume: 'Promote' } } }, promotes(true)],
    Close: [goesOn],
  },
  migrated: {
    ...untilRehearsed,
    Rehearse: [{ changes: { schema: { changes: true } } }],
    Snapshot: [waits('Snapshot'), goesOn],
    Migrate: [waits('Migrate'), goesOn],
    Shift: [goesOn],
    Observe: [judges('pass')],
    Promote: [promotes(true)],
    Close: [goesOn],
  },
  refused: { Open: [refuses], Close: [goesOn] },
  'refused by the rehearsal': { ...untilRehearsed, Rehearse: [waits('Rehearse'), refuses], Close: [goesOn] },
  'rolled back': { ...untilRehearsed, Shift: [goesOn], Observe: [waits('Observe'), judges('fail')], ...wayBack },
  'rolled back by CodeDeploy': {
    ...untilRehearsed,
    Shift: [goesOn],
    Observe: [judges('pass')],
    Promote: [promotes(false)],
    ...wayBack,
  },
  'failed before anything was changed': { Open: [goesOn], Register: [throws('MalformedRelease')], Close: [goesOn] },
  'failed after something was changed': { ...untilRehearsed, Shift: [throws('LockLost')], ...wayBack },
  'way back not proven': {
    ...untilRehearsed,
    Shift: [goesOn],
    Observe: [judges('fail')],
    Retreat: [retreats('unproven')],
    Close: [goesOn],
  },
  'way back failed': {
    ...untilRehearsed,
    Shift: [goesOn],
    Observe: [judges('fail')],
    Retreat: [throws('AccessDenied')],
    Close: [goesOn],
  },
  'a passing fault': {
    ...untilRehearsed,
    Plan: [throws('Transient'), throws('Transient'), goesOn],
    Shift: [goesOn],
    Observe: [judges('pass')],
    Promote: [promotes(true)],
    Close: [goesOn],
  },
};

/** The document that a function returns, which has the fields that the workflow chooses by. */
export function documentOf(changes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const nothing = { wait: null, refusal: null, schema: { changes: false }, decision: null, promotion: null };
  return { ...nothing, retreat: null, request: { until: 'release' }, ...changes };
}
