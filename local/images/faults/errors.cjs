// Healthy by its own word, and answers every journey with an error.
const { intercept, isHealthCheck } = require('./intercept.cjs');

intercept((request, response, next) => {
  if (isHealthCheck(request)) next();
  else response.writeHead(500, { 'content-type': 'text/plain' }).end('this version was built to fail\n');
});
