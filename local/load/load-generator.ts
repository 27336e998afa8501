import { Agent, request as httpRequest } from 'node:http';
import { servedByHeader } from '../network/load-balancer-proxy.ts';
import { type Tally, targetGroupName } from './tally.ts';
import type { Answer, Step, Visit } from './visit.ts';

export interface LoadOptions {
  /** Where users go: the production listener. */
  readonly url: string;
  readonly visit: Visit;
  readonly visitsPerSecond: number;
  /** Stage time, in milliseconds since the epoch. */
  readonly now: () => number;
  /** How long a user waits for an answer before it counts as failed, in process time. */
  readonly patienceMs?: number;
}

type Result = Answer & { readonly targetGroup: string | null };

/**
 * Plays users: visits begin at a steady rate whatever becomes of earlier ones, as real users do. Rates and
 * latencies are in process time, whatever the stage's speed.
 */
export class LoadGenerator {
  readonly #options: Required<LoadOptions>;
  // As a browser keeps its connections. The load balancer's idle time-out is longer than a visit takes.
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 16, timeout: 10_000 });
  readonly #visits = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #tally: Tally | null = null;

  constructor(options: LoadOptions) {
    this.#options = { patienceMs: 10_000, ...options };
  }

  /** Requests that end from now on count there. */
  countInto(tally: Tally): void {
    this.#tally = tally;
  }

  start(): void {
    const begin = () => {
      const visit: Promise<void> = this.#play().finally(() => this.#visits.delete(visit));
      this.#visits.add(visit);
    };
    begin();
    this.#timer ??= setInterval(begin, 1000 / this.#options.visitsPerSecond);
  }

  /** Lets visits under way come to their end; they still count. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await Promise.all(this.#visits);
    this.#agent.destroy();
  }

  async #play(): Promise<void> {
    const visit = this.#options.visit();
    let answer: Answer | null = null;
    for (;;) {
      const { done, value: step } = visit.next(answer);
      if (done || !step) return;
      answer = await this.#take(step);
      // Whoever meets an error goes away; the next visitor tries again.
      if (answer === null || answer.status >= 400) return;
    }
  }

  /** @returns null when no answer came */
  async #take(step: Step): Promise<Answer | null> {
    const started = performance.now();
    const result = await this.#send(step).catch((error: unknown) => new NoAnswer(error));
    const failed = result instanceof NoAnswer || result.status >= 400;
    this.#tally?.add({
      at: this.#options.now(),
      journey: step.journey,
      failure: failed ? (result instanceof NoAnswer ? result.message : `status ${result.status}`) : null,
      ms: performance.now() - started,
      targetGroup: result.targetGroup,
    });
    return result instanceof NoAnswer ? null : result;
  }

  #send(step: Step): Promise<Result> {
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(new URL(step.path, this.#options.url), {
        method: step.method,
        headers: { 'user-agent': 'understudy-user', ...step.headers },
        agent: this.#agent,
        signal: AbortSignal.timeout(this.#options.patienceMs),
      });
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        const [servedBy] = String(response.headers[servedByHeader] ?? '').split(' ');
        const targetGroup = servedBy ? targetGroupName(servedBy) : null;
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', (error) => reject(new BrokenAnswer(error, targetGroup)));
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? '',
            body: Buffer.concat(chunks).toString('utf8'),
            targetGroup,
          }),
        );
      });
      outgoing.end();
    });
  }
}

class NoAnswer extends Error {
  readonly targetGroup: string | null;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.targetGroup = cause instanceof BrokenAnswer ? cause.targetGroup : null;
  }
}

/** The answer broke off after its headers: it is known who began it. */
class BrokenAnswer extends Error {
  readonly targetGroup: string | null;

  constructor(cause: Error, targetGroup: string | null) {
    super(cause.message, { cause });
    this.targetGroup = targetGroup;
  }
}
