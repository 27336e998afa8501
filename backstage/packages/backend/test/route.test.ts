import { routeOf } from '../src/route';

it.each([
  ['/api/catalog/entities/by-name/x', 200, 'catalog'],
  ['/api/understudy', 401, 'understudy'],
  ['/api/guessed-by-a-scanner', 404, 'unknown'],
  ['/api/../../etc/passwd', 200, 'app'],
  ['/.backstage/health/v1/readiness', 503, 'health'],
  ['/static/main.js', 200, 'app'],
])('counts %s with status %d as %s', (path, status, route) => {
  expect(routeOf(path, status)).toBe(route);
});
