/** What the library's uploads add to a request to hear how much of it has left. */
type Hint = {
  readonly progressCallback: (part: number) => void;
  /** One of `numParts` requests that tell the same callback. */
  readonly part?: number;
  readonly numParts?: number;
};

/** Statuses of replies that may have no body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * A `fetch` that tells how much of a body has left, 0 to 1, where the request has a `progressHint` and the
 * browser an `XMLHttpRequest`: `fetch` itself cannot. Rejects as `fetch` does.
 */
export function withUploadProgress(plain: typeof fetch): typeof fetch {
  const parts = new Map<Hint['progressCallback'], Map<number, number>>();
  return (input, init = {}) => {
    const { progressHint: hint } = init as { readonly progressHint?: Hint };
    if (!hint || typeof XMLHttpRequest === 'undefined') return plain(input, init);
    const { progressCallback, part = 0, numParts = 1 } = hint;
    const sent = parts.get(progressCallback) ?? new Map<number, number>();
    parts.set(progressCallback, sent);
    return send(String(input), init, (share) => {
      sent.set(part, share);
      const all = [...sent.values()].reduce((sum, each) => sum + each, 0);
      progressCallback(all / numParts);
    });
  };
}

function send(
  url: string,
  { method = 'GET', headers, body, signal }: RequestInit,
  onShare: (share: number) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    const stop = () => {
      request.abort();
      reject(signal?.reason);
    };
    request.upload.addEventListener('progress', ({ lengthComputable, loaded, total }) => {
      if (lengthComputable && total > 0) onShare(loaded / total);
    });
    request.addEventListener('load', () => resolve(replyOf(request, url)));
    request.addEventListener('error', () => reject(new TypeError('Failed to fetch')));
    request.addEventListener('loadend', () => signal?.removeEventListener('abort', stop));
    signal?.addEventListener('abort', stop, { once: true });
    request.open(method, url);
    new Headers(headers).forEach((value, name) => {
      request.setRequestHeader(name, value);
    });
    request.send(body as XMLHttpRequestBodyInit);
  });
}

function replyOf(request: XMLHttpRequest, url: string): Response {
  const { status, statusText, responseText, responseURL } = request;
  const lines = request
    .getAllResponseHeaders()
    .trim()
    .split(/[\r\n]+/);
  const headers = new Headers();
  for (const line of lines.filter((each) => each.includes(':'))) {
    const colon = line.indexOf(':');
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const body = bodiless.has(status) ? null : responseText;
  const reply = new Response(body, { status, statusText, headers });
  return Object.defineProperty(reply, 'url', { value: responseURL || url });
}
