import type { SimulatedAnswer, SimulatedCommand, SimulatedImage, SimulatedRoute } from './simulated-image.ts';

export interface BehaviourOptions {
  /** Paths by which the service tells that it is ready, and that it lives. */
  readonly readiness: string;
  readonly liveness: string;
  /** Good answers by path; what is listed nowhere answers 200. */
  readonly pages: readonly SimulatedRoute[];
  readonly commands: readonly SimulatedCommand[];
}

/** What can be wrong with a version, by name. */
export const behaviours = ['good', 'crash', 'hang', 'errors', 'slow', 'zombie', 'late'] as const;
export type Behaviour = (typeof behaviours)[number] | 'leak';

const usage = () => ({ cpuPercent: 20, memoryPercent: 40 });
const good: SimulatedAnswer = { status: 200, body: 'ok' };
const failure: SimulatedAnswer = { status: 500, body: 'Internal Server Error' };
const unavailable: SimulatedAnswer = { status: 503, body: 'Service Unavailable' };

/**
 * An image that behaves as its name says: `crash` ends while it starts, `hang` never becomes ready, `errors`
 * is ready and answers 500, `slow` is ready and takes seconds, `zombie` lives and is not ready, `late` is good
 * until it has answered 60 users' requests and then answers 500. `leak`, which shows only where somebody measures
 * it, takes a percent more of its memory every four minutes.
 */
export function simulatedImage(behaviour: Behaviour, options: BehaviourOptions): SimulatedImage {
  const { readiness, liveness, pages, commands } = options;
  const health = [readiness, liveness].map((path) => ({ path, status: 200, ms: 5 }));
  const healthy: SimulatedImage = { bootSeconds: 8, health, pages, otherwise: good, usage, commands };
  const broken = { ...healthy, pages: [] };
  switch (behaviour) {
    case 'crash':
      return { ...healthy, exit: { afterSeconds: 3, code: 1 } };
    case 'hang':
      return { ...broken, health: [], otherwise: unavailable };
    case 'errors':
      return { ...broken, otherwise: failure };
    case 'slow': {
      const slowly = { ms: 8000 };
      return { ...healthy, pages: pages.map((page) => ({ ...page, ...slowly })), otherwise: { ...good, ...slowly } };
    }
    case 'zombie':
      return {
        ...broken,
        health: health.map((path) => (path.path === readiness ? { ...path, ...unavailable } : path)),
        otherwise: unavailable,
      };
    case 'late':
      return { ...healthy, late: { goodRequests: 60, bad: failure } };
    case 'leak':
      return { ...healthy, usage: (minutes) => ({ cpuPercent: 20, memoryPercent: 40 + minutes / 4 }) };
    case 'good':
    default:
      return healthy;
  }
}
