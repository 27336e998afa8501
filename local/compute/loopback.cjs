// Loaded into every task before its own code: on a laptop nothing that a task serves is for the neighbours
// in the network, whatever address the task means to listen on.
const { Server } = require('node:net');

const host = '127.0.0.1';
const { listen } = Server.prototype;

Server.prototype.listen = function (...parameters) {
  const [first, ...rest] = parameters;
  if (first !== null && typeof first === 'object' && 'port' in first)
    return listen.call(this, { ...first, host }, ...rest);
  if (typeof first !== 'number' && !/^\d+$/.test(first)) return listen.apply(this, parameters);
  return listen.call(this, { port: Number(first), host }, ...rest.filter((value) => typeof value === 'function'));
};
