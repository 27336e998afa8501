// Healthy, right, and far too late.
const { intercept, isHealthCheck } = require('./intercept.cjs');

const delayMs = 12_000;

intercept((request, response, next) => {
  if (isHealthCheck(request)) return next();
  const late = setTimeout(next, delayMs);
  response.once('close', () => clearTimeout(late));
});
