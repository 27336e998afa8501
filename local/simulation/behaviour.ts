/** How a simulated image behaves. Milliseconds are stage time. */
export interface Behaviour {
  /** From the container's start until the application listens. */
  readonly bootMs: number;
  /** When the process ends by itself; null for an application that stays. */
  readonly exitsAfterMs: number | null;
  /** Whether the health path ever answers 200. */
  readonly becomesHealthy: boolean;
  /** What journeys get. */
  readonly journeys: 'ok' | 'error' | { readonly slowMs: number };
  /** All answers fail once this many users' requests have been answered; null for never. */
  readonly failsAfterUsersRequests: number | null;
  /** Migrations in the image, by plugin. */
  readonly migrations: Readonly<Record<string, readonly string[]>>;
}

export const healthy: Behaviour = {
  bootMs: 20_000,
  exitsAfterMs: null,
  becomesHealthy: true,
  journeys: 'ok',
  failsAfterUsersRequests: null,
  migrations: {},
};

/** The versions that a release meets, as data: what differs from a healthy one. */
export const behaviours = {
  healthy,
  crash: { ...healthy, exitsAfterMs: 2_000 },
  zombie: { ...healthy, becomesHealthy: false, journeys: 'error' },
  hang: { ...healthy, becomesHealthy: false },
  errors: { ...healthy, journeys: 'error' },
  slow: { ...healthy, journeys: { slowMs: 8_000 } },
  late: { ...healthy, failsAfterUsersRequests: 5 },
} as const satisfies Readonly<Record<string, Behaviour>>;
