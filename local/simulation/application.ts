import type { Clock } from '../clock/clock.ts';
import type { HttpRequest, HttpResponse } from '../network/network.ts';
import type { Behaviour } from './behaviour.ts';

const proberAgent = 'understudy-prober';
const quickMs = 20;

/** What a simulated application knows of its paths. */
export interface Pages {
  readonly healthPath: string;
  /** A good answer's body, by path. */
  readonly bodies: ReadonlyMap<string, string>;
}

/** One simulated task's HTTP server. */
export class SimulatedApplication {
  readonly #clock: Clock;
  readonly #behaviour: Behaviour;
  readonly #pages: Pages;
  readonly #listensAt: number;
  #usersRequests = 0;

  constructor(clock: Clock, behaviour: Behaviour, pages: Pages) {
    this.#clock = clock;
    this.#behaviour = behaviour;
    this.#pages = pages;
    this.#listensAt = clock.now() + behaviour.bootMs;
  }

  /** @throws while the application does not listen yet, or when it takes longer than the caller waits */
  answer(request: HttpRequest, timeoutMs: number): HttpResponse {
    if (this.#clock.now() < this.#listensAt) throw new Error('connect ECONNREFUSED');
    const response = this.#respond(request);
    if (response.ms > timeoutMs) throw new Error(`no answer within ${timeoutMs} ms`);
    return response;
  }

  #respond(request: HttpRequest): HttpResponse {
    const { becomesHealthy, journeys } = this.#behaviour;
    const isHealthCheck = request.path === this.#pages.healthPath;
    if (!isHealthCheck && request.headers['user-agent'] !== proberAgent) this.#usersRequests += 1;
    if (this.#hasTurnedBad()) return reply(500, 'failing since users came', quickMs);
    if (isHealthCheck) return becomesHealthy ? reply(200, 'ok', quickMs) : reply(503, 'not ready', quickMs);
    if (journeys === 'error') return reply(500, 'broken', quickMs);
    const body = this.#pages.bodies.get(request.path) ?? 'ok';
    return reply(200, body, journeys === 'ok' ? quickMs : journeys.slowMs);
  }

  #hasTurnedBad(): boolean {
    const limit = this.#behaviour.failsAfterUsersRequests;
    return limit !== null && this.#usersRequests > limit;
  }
}

const reply = (status: number, body: string, ms: number): HttpResponse => ({ status, headers: {}, body, ms });
