// Right for whoever tries it first, and broken once so many users' requests have reached it: a leak, a
// cache that fills. From then on it fails for everybody, the prober too, and stays healthy by its own word.
const { intercept, isHealthCheck, isProber } = require('./intercept.cjs');

const usersServed = 4;
let users = 0;

intercept((request, response, next) => {
  if (isHealthCheck(request)) return next();
  if (!isProber(request)) users += 1;
  if (users <= usersServed) next();
  else response.writeHead(500, { 'content-type': 'text/plain' }).end('this version was built to fail later\n');
});
