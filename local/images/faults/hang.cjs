// Never listens, as a version does that waits for a lock nobody releases.
const http = require('node:http');

http.Server.prototype.listen = function () {
  return this;
};
