import { z } from 'zod';

/** What a user does next, given the answer to what they did before. */
export interface Step {
  readonly journey: string;
  readonly method: 'GET';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** One visit: yields each request, and is given its answer (null when there was none). */
export type Visit = () => Generator<Step, void, Answer | null>;

const get = (journey: string, path: string, headers: Record<string, string> = {}): Step => ({
  journey,
  method: 'GET',
  path,
  headers: { accept: path.startsWith('/api/') ? 'application/json' : 'text/html', ...headers },
});

/**
 * A guest as the browser plays it: the page and its scripts, a session, the catalog's list, a search. What
 * serves before the first release has no session to give: then the visit ends there.
 */
export function* backstageVisit(): Generator<Step, void, Answer | null> {
  const page = yield get('page', '/');
  const script = /<script[^>]+src="(\/static\/[^"]+\.js)"/.exec(page?.body ?? '')?.[1];
  if (script) yield get('script', script);
  const session = yield get('session', '/api/auth/guest/refresh', { 'x-requested-with': 'XMLHttpRequest' });
  const token = tokenOf(session);
  if (!token) return;
  const authorization = `Bearer ${token}`;
  yield get('catalog', '/api/catalog/entities/by-query?limit=20&orderField=metadata.name,asc', { authorization });
  yield get('search', '/api/search/query?term=understudy', { authorization });
}

const sessionSchema = z.object({ backstageIdentity: z.object({ token: z.string() }) });

function tokenOf(session: Answer | null): string | null {
  if (session?.status !== 200 || !session.contentType.includes('json')) return null;
  return sessionSchema.safeParse(JSON.parse(session.body)).data?.backstageIdentity.token ?? null;
}
