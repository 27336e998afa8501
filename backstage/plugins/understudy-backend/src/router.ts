import type { HttpAuthService } from '@backstage/backend-plugin-api';
import type { Router } from 'express';
import PromiseRouter from 'express-promise-router';
import type { ProbeResult } from './probe/probe';
import type { Version } from './version';

export interface RouterOptions {
  readonly httpAuth: HttpAuthService;
  readonly version: Version;
  readonly probe: () => Promise<ProbeResult>;
}

export function createRouter({ httpAuth, version, probe }: RouterOptions): Router {
  const router = PromiseRouter();

  router.get('/version', (_req, res) => {
    res.set('cache-control', 'no-store').json(version);
  });

  router.post('/probe', async (req, res) => {
    // It writes: a signed-in user's token is not enough.
    await httpAuth.credentials(req, { allow: ['service'] });
    const result = await probe();
    res.status(result.ok ? 200 : 503).json(result);
  });

  return router;
}
