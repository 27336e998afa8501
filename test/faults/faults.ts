import { ServiceError } from '../../local/aws/operation.ts';
import type { Execution } from '../../local/stepfunctions/execution.ts';
import type { Act } from './stage/disturber.ts';

/** Who does something once the execution has been aborted. */
export type Aftermath = 'nobody' | 'rollback' | 'redrive';

/** The execution that is struck, and what others can do meanwhile. */
export interface Situation {
  readonly execution: () => Execution;
  readonly startAnotherRelease: () => void;
  readonly startRollback: () => void;
  readonly deployTemplates: () => Promise<void>;
}

export interface Fault {
  readonly act: (situation: Situation) => Act;
  /** How often in a row it strikes, when the client repeats the call. @default 1 */
  readonly times?: number;
  /** Only of faults that abort the execution. */
  readonly aftermath?: Aftermath;
}

const abort: Fault['act'] =
  ({ execution }) =>
  (effect) => {
    execution().stop('Injected', 'Aborted by a fault');
    // Step Functions stops no function that runs.
    return effect();
  };

/** What can happen to one AWS call of one state. */
export const faults = {
  /** An error before the effect that no repetition will mend. */
  refused: {
    act: () => () => Promise.reject(new ServiceError('AccessDeniedException', 'Refused by a fault')),
  },
  /** An error after the effect: the client, or the state machine, does it again. */
  lost: {
    act: () => async (effect) => {
      await effect();
      throw new ServiceError('InternalFailure', 'The answer was lost by a fault', 500);
    },
  },
  /** As often as an SDK client tries. */
  throttled: {
    act: () => () => Promise.reject(new ServiceError('ThrottlingException', 'Throttled by a fault')),
    times: 3,
  },
  /** Slower than the function may take; the effect comes all the same, later. */
  slow: { act: () => (effect, invocation) => invocation.outlast(effect) },
  /** A second invocation of the function overtakes the first at this call. */
  twice: {
    act: () => async (effect, invocation) => {
      await invocation.again();
      return effect();
    },
  },
  aborted: { act: abort, aftermath: 'nobody' },
  'rolled-back': { act: abort, aftermath: 'rollback' },
  redriven: { act: abort, aftermath: 'redrive' },
} as const satisfies Record<string, Fault>;

/** What others do while a release runs. */
export const rivals = {
  /** Somebody starts another release of the same service. */
  rival: {
    act:
      ({ startAnotherRelease }) =>
      (effect) => {
        startAnotherRelease();
        return effect();
      },
  },
  /** Somebody starts the rollback, and aborts nothing. */
  overruled: {
    act:
      ({ startRollback }) =>
      (effect) => {
        startRollback();
        return effect();
      },
  },
  /** Somebody runs `cdk deploy`. */
  deployed: {
    act:
      ({ deployTemplates }) =>
      async (effect) => {
        await deployTemplates();
        return effect();
      },
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults | keyof typeof rivals;
export const everyFault: Readonly<Record<FaultName, Fault>> = { ...faults, ...rivals };

export const faultNames = namesOf(faults);
export const rivalNames = namesOf(rivals);

function namesOf<Name extends string>(of: Readonly<Record<Name, Fault>>): Name[] {
  return Object.keys(of).filter((name): name is Name => Object.hasOwn(of, name));
}
