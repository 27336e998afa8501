/** A label with few values: the plugin behind the path, never the path itself. */
export function routeOf(path: string, status: number): string {
  const plugin = /^\/api\/([a-z][a-z0-9-]{0,40})(\/|$)/.exec(path)?.[1];
  // Anyone can ask for an unknown plugin: without this, every guess would be a new time series.
  if (plugin) return status === 404 ? 'unknown' : plugin;
  return path.startsWith('/.backstage/health/') ? 'health' : 'app';
}
