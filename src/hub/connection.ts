import { HubError, noAnswer } from './errors.ts';
import { explain } from './explain.ts';
import { secondsToWait } from './rate-limit.ts';
import { realSurroundings, type Surroundings } from './surroundings.ts';

/** Which Hub, and as whom. */
export type HubConnection = {
  /** Absolute, without a slash at its end. */
  readonly hubUrl: string;
  /** Goes to the origin of `hubUrl` and nowhere else. */
  readonly token: string | null;
  readonly fetch: typeof fetch;
};

/** Why a request waits. */
export type Wait = {
  readonly reason: 'offline' | 'rate-limited' | 'server' | 'network';
  /** Until the next try; null while offline. */
  readonly seconds: number | null;
};

export type HubFetchOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Tries after the first. */
  readonly retries?: number | undefined;
  /** Tries after a first one that got no answer at all; as many as `retries` unless given. */
  readonly lostRetries?: number | undefined;
  /**
   * Seconds a person who looks on may be kept waiting: when it would be longer, or the device is offline,
   * the request fails and says so. Without, it waits as long as it takes.
   */
  readonly patience?: number | undefined;
  /** Null when it goes on. */
  readonly onWait?: ((wait: Wait | null) => void) | undefined;
  readonly surroundings?: Surroundings | undefined;
};

export const defaultRetries = 5;

const longestWait = 600; // seconds; the Hub counts requests in windows of five minutes

const longestBackoff = 30;

/** How often to look whether the device is online again, in milliseconds. */
const lookEvery = 500;

/**
 * A `fetch` to give to everything that talks to the Hub. It tries again after 429 (when the headers say so),
 * 5xx and lost connections, waits while the device is offline, and never uses the HTTP cache: Chromium would
 * queue the ranges of one address behind one another. A failing reply of the Hub itself is thrown as
 * `HubError`; those of other hosts are returned, since only the asker knows what they mean.
 */
export function hubFetch(connection: HubConnection, options: HubFetchOptions = {}): typeof fetch {
  const { retries = defaultRetries, onWait, surroundings = realSurroundings } = options;
  const { lostRetries = retries, patience = Number.POSITIVE_INFINITY } = options;
  const { now, online } = surroundings;
  const hubOrigin = new URL(connection.hubUrl).origin;

  async function untilOnline(url: string, signal?: AbortSignal): Promise<void> {
    if (online()) return;
    if (patience < Number.POSITIVE_INFINITY) throw noAnswer(url, false, null);
    await waiting({ reason: 'offline', seconds: null }, async () => {
      while (!online()) await surroundings.sleep(lookEvery, signal);
    });
  }

  /** Tells of a wait while it lasts, and that it is over however it ends. */
  async function waiting(wait: Wait, work: () => Promise<void>): Promise<void> {
    onWait?.(wait);
    try {
      await work();
    } finally {
      onWait?.(null);
    }
  }

  /** What came, or what was thrown, on one try. */
  async function once(input: RequestInfo | URL, init: RequestInit): Promise<Response | TypeError> {
    try {
      return await connection.fetch(input, init);
    } catch (error) {
      init.signal?.throwIfAborted();
      if (error instanceof TypeError) return error;
      throw error;
    }
  }

  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const signal = bothSignals(options.signal, init.signal);
    const method = (init.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase();
    const isSafe = method === 'GET' || method === 'HEAD';
    const headers = withToken(
      new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined)),
      connection.token,
      new URL(url).origin === hubOrigin,
    );
    const request: RequestInit = {
      ...init,
      headers,
      cache: 'no-store',
      ...(signal ? { signal } : {}),
    };

    for (let tries = 0; ; tries += 1) {
      await untilOnline(url, signal);
      const result = await once(input, request);
      const wait = waitAfter(result, tries, isSafe, surroundings);
      const seconds = wait?.seconds ?? 0;
      const isLast = tries >= (wait?.reason === 'network' ? lostRetries : retries);
      if (wait === null || isLast || seconds > patience) {
        if (!(result instanceof Response)) throw noAnswer(url, online(), result);
        const isHubs = new URL(result.url || url).origin === hubOrigin;
        if (result.ok || !isHubs) return result;
        const hasToken = connection.token !== null;
        throw await explain(result, { hubUrl: connection.hubUrl, hasToken, now: now() });
      }
      if (result instanceof Response) await result.body?.cancel();
      await waiting(wait, () => surroundings.sleep(seconds * 1000, signal));
    }
  };
}

/** A JSON reply of the Hub. Rejects with `HubError`. */
export async function hubJson(
  connection: HubConnection,
  path: string,
  options: HubFetchOptions = {},
): Promise<{ readonly body: unknown; readonly headers: Headers }> {
  const url = path.startsWith('http') ? path : connection.hubUrl + path;
  const headers = { accept: 'application/json' };
  const response = await hubFetch(connection, options)(url, { headers });
  try {
    return { body: await response.json(), headers: response.headers };
  } catch (error) {
    options.signal?.throwIfAborted();
    const advice = 'Something between this page and the Hub changed the reply: try again.';
    throw new HubError('server', { file: new URL(url).host, found: 'no JSON', advice }, error);
  }
}

/** Seconds to wait after the n-th failure in a row: doubling, and spread so that not all ask at once. */
export function backoff(failures: number, random: () => number): number {
  return Math.min(longestBackoff, 0.5 * 2 ** failures) * (0.5 + random() / 2);
}

/** Null when trying again would not help. */
function waitAfter(
  result: Response | TypeError,
  tries: number,
  isSafe: boolean,
  { now, random }: Surroundings,
): Wait | null {
  const seconds = backoff(tries, random);
  if (!(result instanceof Response)) return isSafe ? { reason: 'network', seconds } : null;
  const { status, headers } = result;
  if (status === 429 || status === 503) {
    const asked = secondsToWait(headers, now());
    if (asked !== null && asked > longestWait) return null;
    const reason = status === 429 ? 'rate-limited' : 'server';
    return { reason, seconds: asked === null ? seconds : asked + random() };
  }
  return status >= 500 && isSafe ? { reason: 'server', seconds } : null;
}

/** Storage hosts have tokens of their own, which stay. */
function withToken(headers: Headers, token: string | null, toHub: boolean): Headers {
  if (token === null) return headers;
  const ours = `Bearer ${token}`;
  if (toHub) headers.set('authorization', ours);
  else if (headers.get('authorization') === ours) headers.delete('authorization');
  return headers;
}

function bothSignals(
  one: AbortSignal | undefined,
  other: AbortSignal | null | undefined,
): AbortSignal | undefined {
  return one && other ? AbortSignal.any([one, other]) : (one ?? other ?? undefined);
}
