import { randomUUID } from 'node:crypto';
import { arn } from '../aws/arn.ts';
import { ServiceError } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import { type Definition, parseDefinition } from './definition.ts';
import { Execution, type Invoke } from './execution.ts';
import { type Interpreter, loadInterpreter } from './interpreter.ts';

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  /** Name of its role. */
  readonly role: string;
  /** The ASL as the template holds it. */
  readonly text: string;
  readonly definition: Definition;
  readonly createdAt: number;
}

export interface StateMachinesOptions {
  readonly clock: Clock;
  /** Does the Tasks of a machine, with its role. */
  readonly invoke: (role: string) => Invoke;
  /** Told whenever an execution has started or ended. */
  readonly changed: (execution: Execution) => void;
}

/** The stage's Step Functions: standard workflows, run by aws-local-stepfunctions in stage time. */
export class StateMachines {
  readonly #options: StateMachinesOptions;
  readonly #interpreter: Interpreter;
  readonly #machines = new Map<string, StateMachine>();
  readonly #executions = new Map<string, Execution>();

  constructor(options: StateMachinesOptions) {
    this.#options = options;
    this.#interpreter = loadInterpreter(options.clock);
  }

  /** Creates the machine, or updates it: executions that run keep the definition they started with. */
  define(name: string, role: string, text: string): StateMachine {
    const machine: StateMachine = {
      arn: arn('states', `stateMachine:${name}`),
      name,
      role,
      text,
      definition: parseDefinition(name, text),
      createdAt: this.#machines.get(name)?.createdAt ?? this.#options.clock.now(),
    };
    this.#machines.set(name, machine);
    return machine;
  }

  machines(): readonly StateMachine[] {
    return [...this.#machines.values()];
  }

  /** @throws ServiceError StateMachineDoesNotExist */
  machine(machineArn: string): StateMachine {
    const machine = this.machines().find((candidate) => candidate.arn === machineArn);
    if (machine === undefined) {
      throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`);
    }
    return machine;
  }

  /** Newest first. */
  executions(machineArn: string): Execution[] {
    const all = [...this.#executions.values()];
    return all.filter(({ options }) => options.stateMachine.arn === machineArn).toReversed();
  }

  /** @throws ServiceError ExecutionDoesNotExist */
  execution(executionArn: string): Execution {
    const execution = this.#executions.get(executionArn);
    if (execution === undefined) {
      throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    }
    return execution;
  }

  /**
   * Started again under the same name with the same input, an execution that still runs is found instead.
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   */
  start(machineArn: string, input: string, name: string = randomUUID()): Execution {
    const machine = this.machine(machineArn);
    checkName(name);
    checkInput(input);
    const executionArn = arn('states', `execution:${machine.name}:${name}`);
    const existing = this.#executions.get(executionArn);
    if (existing !== undefined) {
      if (existing.status === 'RUNNING' && existing.options.input === input) return existing;
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    }
    const execution = new Execution({
      arn: executionArn,
      name,
      stateMachine: machine,
      input,
      clock: this.#options.clock,
      interpreter: this.#interpreter,
      invoke: this.#options.invoke(machine.role),
      changed: this.#options.changed,
    });
    this.#executions.set(executionArn, execution);
    return execution;
  }
}

/** 1–80 characters, without white space, brackets, wildcards and what confuses consoles and logs. */
function checkName(name: string): void {
  if (name.length > 80 || !/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]+$/u.test(name)) {
    throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
  }
}

function checkInput(input: string): void {
  try {
    JSON.parse(input);
  } catch {
    throw new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${input}'`);
  }
}
