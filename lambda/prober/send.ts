import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { HttpRequest, HttpResponse, Send } from './probe.ts';

/** Bodies are read up to here: a journey looks for a few words. */
const largestBody = 1024 * 1024;

/**
 * Sends over a connection of its own, so that a task's broken connection is seen, not an idle one's.
 * A proxy that the environment names (HTTP_PROXY) is used; in AWS none is. Plain HTTP is sent to it in
 * absolute form by hand (RFC 9112, 3.2.2): Node's built-in support refuses a Host that is not the address
 * (https://nodejs.org/docs/latest-v24.x/api/http.html#built-in-proxy-support), and ours is the service's.
 */
export const send: Send = (to, request, timeoutMs) =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const outgoing = open(to, request, (answer) => {
      read(answer).then(
        (body) => finish(() => resolve(toResponse(answer, body, performance.now() - started))),
        (error: unknown) => finish(() => reject(error)),
      );
    });
    const timer = setTimeout(() => {
      outgoing.destroy(new Error(`no whole answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    outgoing.on('error', (error) => finish(() => reject(error)));
    outgoing.end(request.body);
  });

function open(
  to: Parameters<Send>[0],
  request: HttpRequest,
  onAnswer: (answer: IncomingMessage) => void,
): http.ClientRequest {
  const options: RequestOptions = {
    host: to.ip,
    port: to.port,
    method: request.method,
    path: request.path,
    headers: { ...request.headers },
  };
  if (to.scheme === 'http') {
    const proxy = URL.parse(process.env['HTTP_PROXY'] ?? '');
    const onward = proxy && {
      host: proxy.hostname,
      port: proxy.port,
      path: `http://${to.ip}:${to.port}${request.path}`,
    };
    return http.request({ ...options, ...onward, agent: false }, onAnswer);
  }
  const agent = new https.Agent({ proxyEnv: process.env });
  const servername = request.headers['host'] ?? to.ip;
  return https.request({ ...options, agent, servername }, onAnswer);
}

async function read(answer: IncomingMessage): Promise<string> {
  let body = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer) {
    if (body.length < largestBody) body += String(chunk);
  }
  return body;
}

function toResponse(answer: IncomingMessage, body: string, ms: number): HttpResponse {
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
  return { status: answer.statusCode ?? 0, headers: Object.fromEntries(headers), body, ms };
}
