import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../clock/clock.ts';
import { Alarm } from './alarm.ts';
import type { AlarmState } from './alarm-evaluation.ts';
import type { MetricDatum } from './metric.ts';
import { MetricStore } from './metric-store.ts';

const minuteMs = 60_000;

export interface AlarmStateChange {
  readonly alarm: Alarm;
  readonly previous: AlarmState;
}

export interface CloudWatchOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly account: string;
  /**
   * How long after the end of a minute its data points can be seen.
   * @default 60: Elastic Load Balancing's are seen "with a slight delay", for which no number is documented
   */
  readonly publishingDelaySeconds?: number;
  /** Called when an alarm has changed its state; EventBridge gets `AlarmStateChangeEvent`s from it. */
  readonly onStateChange?: (change: AlarmStateChange) => void;
}

/**
 * Metrics at 60-second resolution, and metric alarms that are evaluated every minute, or every period for
 * periods that are longer
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html).
 */
export class CloudWatch {
  readonly store: MetricStore;
  readonly #options: CloudWatchOptions;
  readonly #alarms = new Map<string, Alarm>();
  #ticking = false;

  constructor(options: CloudWatchOptions) {
    this.#options = options;
    this.store = new MetricStore((options.publishingDelaySeconds ?? 60) * 1000);
  }

  get now(): number {
    return this.#options.clock.now();
  }

  put(datum: MetricDatum): void {
    this.store.put(datum, this.now);
  }

  /** Creates the alarm, or replaces its definition and keeps its state. */
  putAlarm(definition: PutMetricAlarmCommandInput): Alarm {
    const { region, account } = this.#options;
    const arn = `arn:aws:cloudwatch:${region}:${account}:alarm:${definition.AlarmName}`;
    const alarm = new Alarm(definition, arn, this.now);
    const previous = this.#alarms.get(alarm.name);
    if (previous !== undefined) alarm.enter(previous.state, previous.reason, previous.changedAt);
    this.#alarms.set(alarm.name, alarm);
    this.#tick();
    return alarm;
  }

  alarms(): readonly Alarm[] {
    return [...this.#alarms.values()];
  }

  /** The alarm's state; undefined when there is none of that name. */
  alarmState(name: string): AlarmState | undefined {
    return this.#alarms.get(name)?.state;
  }

  /**
   * Sets a state that lasts until the next evaluation
   * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html).
   */
  setAlarmState(name: string, state: AlarmState, reason: string): boolean {
    const alarm = this.#alarms.get(name);
    if (alarm === undefined) return false;
    const previous = alarm.state;
    if (alarm.enter(state, reason, this.now)) this.#options.onStateChange?.({ alarm, previous });
    return true;
  }

  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    const next = (Math.floor(this.now / minuteMs) + 1) * minuteMs;
    this.#options.clock.after(next - this.now, () => {
      this.#ticking = false;
      this.#evaluate(next);
      this.#tick();
    });
  }

  #evaluate(minute: number): void {
    for (const alarm of this.#alarms.values()) {
      if (minute % alarm.periodMs !== 0) continue;
      const previous = alarm.state;
      if (alarm.evaluate(this.store, minute)) this.#options.onStateChange?.({ alarm, previous });
    }
  }
}
