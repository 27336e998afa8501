import { rootHttpRouterServiceFactory } from '@backstage/backend-defaults/rootHttpRouter';
import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Histogram, register } from 'prom-client';
import { routeOf } from './route';

collectDefaultMetrics();

const requestDuration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer a request, by the plugin that answered.',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

const measure: RequestHandler = (req, res, next) => {
  const end = requestDuration.startTimer({ method: req.method });
  const { path } = req;
  res.once('finish', () => end({ route: routeOf(path, res.statusCode), status: res.statusCode }));
  next();
};

/** A scraper reaches the task itself; the header tells what came through a load balancer, hence from anyone. */
function serveMetrics(behindLoadBalancer: boolean): RequestHandler {
  return async (req, res, next) => {
    if (req.headers['x-forwarded-for'] && !behindLoadBalancer) {
      res.status(404).end();
      return;
    }
    try {
      const text = await register.metrics();
      res.type(register.contentType).send(text);
    } catch (error) {
      next(error);
    }
  };
}

export const httpRouterWithMetrics = rootHttpRouterServiceFactory({
  configure({ app, applyDefaults, config }) {
    app.get('/metrics', serveMetrics(config.getOptionalBoolean('understudy.metrics.behindLoadBalancer') ?? false));
    app.use(measure);
    applyDefaults();
  },
});
