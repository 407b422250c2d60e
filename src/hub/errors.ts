export type HubTag =
  | 'gated'
  | 'private-or-missing'
  | 'bad-token'
  | 'forbidden'
  | 'no-revision'
  | 'no-file'
  | 'no-weights'
  | 'exists'
  | 'rate-limited'
  | 'blocked'
  | 'offline'
  | 'server'
  | 'changed';

export type HubContext = {
  /** The repo, file or service as the user knows it. */
  readonly file: string;
  readonly found: string;
  readonly expected?: string;
  readonly advice: string;
  /** The page where a person can do something about it. */
  readonly link?: string;
  /** HTTP status of the reply, where there was one. */
  readonly status?: number;
  /** The Hub's own word for it: its `X-Error-Code` header. */
  readonly code?: string;
  /** Seconds after which the Hub will answer again. */
  readonly retryAfter?: number;
};

/** What stands between a person and the Hub, with what to do about it. */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly tag: HubTag;
  readonly context: HubContext;

  constructor(tag: HubTag, context: HubContext, cause?: unknown) {
    const { file, found, expected, advice } = context;
    const wanted = expected === undefined ? '' : `; expected ${expected}`;
    super(`${file}: ${found}${wanted}. ${advice}`, cause === undefined ? undefined : { cause });
    this.tag = tag;
    this.context = context;
  }
}

/** Fetch says the same of all these: a server that is down, CORS, an extension, a broken network. */
export function noAnswer(url: string, online: boolean, cause: unknown): HubError {
  const file = new URL(url).host;
  if (!online) {
    const advice = 'Connect to the internet; it goes on from where it was.';
    return new HubError('offline', { file, found: 'this device is offline', advice }, cause);
  }
  const found = 'no answer, or one that the browser withheld';
  const advice =
    'An extension, a firewall or a company network may block it: allow this address, or try another network. Models can also be downloaded and dropped here.';
  return new HubError('blocked', { file, found, advice }, cause);
}
