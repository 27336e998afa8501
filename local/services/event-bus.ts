import { randomUUID } from 'node:crypto';
import type { ListRulesResponse, PutEventsCommandInput, PutEventsResponse } from '@aws-sdk/client-eventbridge';
import { account, arn, region } from '../aws/arn.ts';
import type { Operations } from '../aws/operation.ts';
import type { Clock } from '../clock/clock.ts';
import { list, optionalText, physicalName } from '../deploy/properties.ts';
import type { Provisions } from '../deploy/provision.ts';
import { checkPattern, matches } from './event-pattern.ts';
import { inputTransformer } from './input-transformer.ts';

/** @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export interface BusEvent {
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  /** ISO time, in stage time. */
  readonly time: string;
  readonly account: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

interface Rule {
  readonly pattern: unknown;
  readonly targets: readonly Target[];
}

interface Target {
  readonly arn: string;
  /** Name of the role that EventBridge uses the target with; null for targets that admit EventBridge themselves. */
  readonly role: string | null;
  /** What the target gets of an event, as JSON text. */
  readonly input: (event: string) => string;
}

/** Hands an event, as JSON text, to a target, with a role: a topic, a state machine, a function. */
export type Deliver = (targetArn: string, input: string, role: string | null) => void | Promise<void>;

/** The default event bus and its rules. */
export class EventBus {
  readonly #clock: Clock;
  readonly #deliver: Deliver;
  readonly #rules = new Map<string, Rule>();
  readonly #events: BusEvent[] = [];

  constructor(clock: Clock, deliver: Deliver) {
    this.#clock = clock;
    this.#deliver = deliver;
  }

  /** Everything put on the bus so far, oldest first. */
  events(): readonly BusEvent[] {
    return this.#events;
  }

  /** Puts an event on the bus, and delivers it to the targets of the rules that match, at once. */
  put(
    event: Pick<BusEvent, 'source' | 'detail-type' | 'detail'> & { readonly resources?: readonly string[] },
  ): BusEvent {
    const time = new Date(this.#clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const complete: BusEvent = { resources: [], ...event, id: randomUUID(), time, account, region };
    this.#events.push(complete);
    const text = JSON.stringify({ version: '0', ...complete });
    for (const { pattern, targets } of this.#rules.values()) {
      if (!matches(pattern, complete)) continue;
      for (const target of targets)
        this.#clock.after(0, () => this.#deliver(target.arn, target.input(text), target.role));
    }
    return complete;
  }

  /** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
  operations(): Operations {
    return {
      PutEvents: ({ Entries = [] }: PutEventsCommandInput): PutEventsResponse => {
        const results = Entries.map((entry) => {
          const detail = parseDetail(entry.Detail ?? '');
          if (detail === null) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
          const { Source = '', DetailType = '', Resources = [] } = entry;
          return { EventId: this.put({ source: Source, 'detail-type': DetailType, detail, resources: Resources }).id };
        });
        return { Entries: results, FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length };
      },
      ListRules: (): ListRulesResponse => ({
        Rules: [...this.#rules].map(([Name, { pattern }]) => ({
          Name,
          Arn: arn('events', `rule/${Name}`),
          EventPattern: JSON.stringify(pattern),
          State: 'ENABLED',
          EventBusName: 'default',
        })),
      }),
    };
  }

  provisions(): Provisions {
    return {
      'AWS::Events::Rule': (resource) => {
        const name = physicalName(resource, 'Name');
        const pattern = resource.properties['EventPattern'];
        if (pattern === undefined)
          throw new Error(`The stage runs rules with an event pattern only; ${name} has none.`);
        checkPattern(pattern);
        const targets = list(resource, 'Targets').map((target) => readTarget(name, target));
        const enabled = optionalText(resource, 'State') !== 'DISABLED';
        if (enabled) this.#rules.set(name, { pattern, targets });
        else this.#rules.delete(name);
        return { ref: name, attributes: { Arn: arn('events', `rule/${name}`) } };
      },
    };
  }
}

function parseDetail(text: string): object | null {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' ? detail : null;
  } catch {
    return null;
  }
}

function readTarget(rule: string, target: unknown): Target {
  const property = (name: string): unknown => Reflect.get(Object(target), name);
  if (property('InputPath') !== undefined) {
    throw new Error(`The stage does not know InputPath, which a target of ${rule} has.`);
  }
  const [constant, transformer, role] = [property('Input'), property('InputTransformer'), property('RoleArn')];
  const input =
    typeof constant === 'string'
      ? () => constant
      : transformer === undefined
        ? (event: string) => event
        : inputTransformer(transformer);
  return {
    arn: String(property('Arn')),
    role: typeof role === 'string' ? (role.split('/').at(-1) ?? '') : null,
    input,
  };
}
