/** The whole service as one function: what to answer, without a socket. */
export function answer(url, { version, leaving }) {
  switch (url) {
    case '/health/live':
      return { status: 200, body: { status: 'ok' } };
    case '/health/ready':
      return leaving ? { status: 503, body: { status: 'leaving' } } : { status: 200, body: { status: 'ok' } };
    case '/version':
      return { status: 200, body: { version } };
    default:
      return { status: 404, body: { error: 'not found' } };
  }
}
