import type { Clock, Timer } from '../clock/clock.ts';
import type { Network } from '../network/network.ts';
import {
  afterCheck,
  type CheckResult,
  deregistering,
  type HealthReason,
  matches,
  newTarget,
  notInUse,
  type TargetHealth,
} from './target-health.ts';

export interface HealthCheckSettings {
  readonly enabled: boolean;
  readonly path: string;
  /** `traffic-port` or a port number. */
  readonly port: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly matcher: string;
}

export interface TargetGroupSettings {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly vpcId: string;
  readonly healthCheck: HealthCheckSettings;
  readonly deregistrationDelaySeconds: number;
}

export interface TargetAddress {
  readonly ip: string;
  readonly port: number;
}

export type TargetStatus = TargetHealth['status'] | 'unused' | 'draining';

interface Registered {
  readonly address: TargetAddress;
  health: TargetHealth;
  draining: boolean;
  timer: Timer | null;
}

/** From registration to the first check; the documentation gives no number. */
const firstCheckMs = 1000;

const targetKey = ({ ip, port }: TargetAddress): string => `${ip}:${port}`;

export interface TargetGroupPorts {
  readonly clock: Clock;
  readonly network: Network;
  /** Called after a check that changed a target's status. */
  readonly onHealthChange: (group: TargetGroup, address: TargetAddress) => void;
}

/** A target group of addresses, with its health checks. Checks and draining take process time. */
export class TargetGroup {
  readonly arn: string;
  readonly fullName: string;
  readonly #ports: TargetGroupPorts;
  settings: TargetGroupSettings;
  readonly #targets = new Map<string, Registered>();
  #inUse = false;
  #turn = 0;

  constructor(arn: string, settings: TargetGroupSettings, ports: TargetGroupPorts) {
    this.arn = arn;
    this.fullName = arn.slice(arn.indexOf(':targetgroup/') + 1);
    this.settings = settings;
    this.#ports = ports;
  }

  get inUse(): boolean {
    return this.#inUse;
  }

  /** Targets are checked only while a listener forwards to their group, even if at weight 0. */
  use(inUse: boolean): void {
    if (this.#inUse === inUse) return;
    this.#inUse = inUse;
    for (const target of this.#targets.values()) {
      target.timer?.cancel();
      target.health = newTarget;
      if (inUse && !target.draining) this.#scheduleCheck(target, firstCheckMs);
    }
  }

  register(address: TargetAddress): void {
    const key = targetKey(address);
    const known = this.#targets.get(key);
    if (known !== undefined && !known.draining) return;
    known?.timer?.cancel();
    const target: Registered = { address, health: newTarget, draining: false, timer: null };
    this.#targets.set(key, target);
    if (this.#inUse) this.#scheduleCheck(target, firstCheckMs);
  }

  /**
   * Gets no more requests from now on, is shown as draining until the deregistration delay has passed, and
   * then no more
   * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay).
   */
  deregister(address: TargetAddress): void {
    const key = targetKey(address);
    const target = this.#targets.get(key);
    if (target === undefined || target.draining) return;
    target.draining = true;
    target.timer?.cancel();
    target.timer = this.#ports.clock.afterReal(this.settings.deregistrationDelaySeconds * 1000, () => {
      this.#targets.delete(key);
    });
  }

  addresses(): readonly TargetAddress[] {
    return [...this.#targets.values()].map((target) => target.address);
  }

  status(address: TargetAddress): { readonly status: TargetStatus; readonly reason: HealthReason | null } | undefined {
    const target = this.#targets.get(targetKey(address));
    if (target === undefined) return undefined;
    if (target.draining) return { status: 'draining', reason: deregistering };
    if (!this.#inUse) return { status: 'unused', reason: notInUse };
    return { status: target.health.status, reason: target.health.reason };
  }

  count(status: TargetStatus): number {
    return this.addresses().filter((address) => this.status(address)?.status === status).length;
  }

  /**
   * The next target in turn: a healthy one, or any when none is ("the load balancer fails open",
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html);
   * null without a registered target.
   */
  nextTarget(): TargetAddress | null {
    const registered = [...this.#targets.values()].filter((target) => !target.draining);
    const healthy = registered.filter((target) => target.health.status === 'healthy');
    const candidates = healthy.length > 0 ? healthy : registered;
    this.#turn += 1;
    return candidates[this.#turn % candidates.length]?.address ?? null;
  }

  /** A check's answer does not delay the next check: the interval runs from one request to the next. */
  #scheduleCheck(target: Registered, delayMs: number): void {
    const { enabled, intervalSeconds } = this.settings.healthCheck;
    if (!enabled) return;
    target.timer = this.#ports.clock.afterReal(delayMs, async () => {
      this.#scheduleCheck(target, intervalSeconds * 1000);
      await this.#check(target);
    });
  }

  async #check(target: Registered): Promise<void> {
    const { healthyThreshold, unhealthyThreshold } = this.settings.healthCheck;
    const before = target.health;
    const result = await this.#request(target.address);
    // The group may have been taken out of use, or the target out of the group, while it answered.
    if (target.draining || !this.#inUse || this.#targets.get(targetKey(target.address)) !== target) return;
    target.health = afterCheck(target.health, result, { healthy: healthyThreshold, unhealthy: unhealthyThreshold });
    if (target.health.status !== before.status) this.#ports.onHealthChange(this, target.address);
  }

  async #request({ ip, port }: TargetAddress): Promise<CheckResult> {
    const { path, port: checkPort, timeoutSeconds, matcher } = this.settings.healthCheck;
    const to = { ip, port: checkPort === 'traffic-port' ? port : Number(checkPort) };
    const headers = { host: `${ip}:${to.port}`, 'user-agent': 'ELB-HealthChecker/2.0' };
    try {
      const { status } = await this.#ports.network.send(to, { method: 'GET', path, headers }, timeoutSeconds * 1000);
      if (matches(matcher, status)) return { ok: true };
      return failed('Target.ResponseCodeMismatch', `Health checks failed with these codes: [${status}]`);
    } catch (error) {
      const late = error instanceof Error && /no answer|timed? ?out/i.test(error.message);
      return late
        ? failed('Target.Timeout', 'Request timed out')
        : failed('Target.FailedHealthChecks', 'Health checks failed');
    }
  }
}

function failed(code: string, description: string): CheckResult {
  return { ok: false, reason: { code, description } };
}
