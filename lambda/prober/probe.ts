import type { ProbeReport, ProbeRequest, ProbeSample, ProbeTarget } from '../domain/probe.ts';
import type { Journey } from '../domain/service.ts';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long the whole answer took, in milliseconds. */
  readonly ms: number;
}

/**
 * Sends one request to a private address. The scheme is the target's; the TLS server name is the
 * request's `host` header.
 * @throws when no whole answer comes within `timeoutMs`
 */
export type Send = (
  to: { readonly ip: string; readonly port: number; readonly scheme: 'http' | 'https' },
  request: HttpRequest,
  timeoutMs: number,
) => Promise<HttpResponse>;

export const userAgent = 'understudy-prober';

/** A request may take this much longer than its budget before it is given up: a slow answer then still tells how slow. */
const marginMs = 250;

/**
 * Sends every journey to every target, round after round. Targets are probed side by side, the
 * journeys of one target one after another, as a user would make them.
 */
export async function probe(request: ProbeRequest, send: Send): Promise<ProbeReport> {
  const samples = await Promise.all(request.targets.map((target) => probeTarget(target, request, send)));
  return { rounds: request.rounds, samples: samples.flat() };
}

async function probeTarget(target: ProbeTarget, request: ProbeRequest, send: Send): Promise<ProbeSample[]> {
  const { ip, port, colour } = target;
  const samples = new Map<string, ProbeSample>();
  for (let round = 0; round < request.rounds; round += 1) {
    for (const journey of request.journeys) {
      const { ms, reason } = await tryJourney(target, journey, request.token, send);
      const before = samples.get(journey.name);
      samples.set(journey.name, {
        ip,
        port,
        colour,
        journey: journey.name,
        ok: (before?.ok ?? 0) + (reason === null ? 1 : 0),
        failed: (before?.failed ?? 0) + (reason === null ? 0 : 1),
        slowestMs: Math.max(before?.slowestMs ?? 0, ms),
        reason: before?.reason ?? reason,
      });
    }
  }
  return [...samples.values()];
}

interface Tried {
  readonly ms: number;
  /** Why the answer was not good; null when it was. */
  readonly reason: string | null;
}

async function tryJourney(
  target: ProbeTarget,
  journey: Journey,
  token: string | undefined,
  send: Send,
): Promise<Tried> {
  try {
    const answer = await send(target, toRequest(target, journey, token), journey.budgetMs + marginMs);
    return { ms: answer.ms, reason: judge(journey, answer) };
  } catch (error) {
    return { ms: 0, reason: error instanceof Error ? error.message : String(error) };
  }
}

function toRequest(target: ProbeTarget, journey: Journey, token: string | undefined): HttpRequest {
  const body = journey.json === undefined ? undefined : JSON.stringify(journey.json);
  return {
    method: journey.method,
    path: journey.path,
    headers: {
      host: target.host,
      'user-agent': userAgent,
      accept: '*/*',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(journey.authenticated && token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body }),
  };
}

function judge(journey: Journey, answer: HttpResponse): string | null {
  if (answer.status !== journey.status) return `status ${answer.status} instead of ${journey.status}`;
  if (journey.contains !== undefined && !answer.body.includes(journey.contains)) {
    return `the body does not contain ${JSON.stringify(journey.contains)}`;
  }
  if (answer.ms > journey.budgetMs)
    return `answered in ${Math.round(answer.ms)} ms, allowed are ${journey.budgetMs} ms`;
  return null;
}
