// Stands before whatever answers HTTP in this process, without the application knowing.
const http = require('node:http');

const emit = http.Server.prototype.emit;

/** @param {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, next: () => void) => void} handler */
exports.intercept = (handler) => {
  http.Server.prototype.emit = function (event, ...args) {
    if (event !== 'request') return emit.call(this, event, ...args);
    handler(args[0], args[1], () => emit.call(this, event, ...args));
    return true;
  };
};

/** Whoever asks only whether the process lives: the load balancer and the container's own check. */
exports.isHealthCheck = (request) => request.url.startsWith('/.backstage/health/') || request.url === '/healthz';

/** The release workflow's prober; everybody else is a user. */
exports.isProber = (request) => (request.headers['user-agent'] ?? '').startsWith('understudy-prober');
