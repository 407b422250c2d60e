import { type Ask, type Headers, type Reply, reply } from './exchange.ts';

/** What the client library and range readers look at; a page sees no other header of another origin. */
const exposed = [
  'Accept-Ranges',
  'Content-Range',
  'ETag',
  'Link',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Error-Code',
  'X-Error-Message',
  'X-Linked-ETag',
  'X-Linked-Size',
  'X-Repo-Commit',
  'X-Request-Id',
  'X-Xet-Hash',
].join(', ');

/** On every reply. A redirect to another origin makes the page's origin opaque, so only `*` fits there. */
export const corsHeaders: Headers = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': exposed,
};

/**
 * The answer to a preflight (https://fetch.spec.whatwg.org/#http-cors-protocol). The storage host signs its
 * addresses and takes no `Authorization`, so it does not allow that header.
 */
export function preflight(ask: Ask): Reply {
  const asked = (ask.headers['access-control-request-headers'] ?? '').split(/\s*,\s*/);
  const allowed = asked.filter((name) => ask.origin !== 'cdn' || name !== 'authorization');
  return reply(204, {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
    'access-control-allow-headers': allowed.join(', '),
    'access-control-max-age': '0',
  });
}
