import { asText, type Content } from './content.ts';

/** The Hub itself; the storage it redirects to; the content-addressed store of Xet. */
export type OriginName = 'hub' | 'cdn' | 'cas';

export type Headers = Readonly<Record<string, string>>;

/** One request. */
export type Ask = {
  readonly origin: OriginName;
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Headers;
  body(): Promise<Uint8Array>;
};

/** How a reply travels when something is wrong on its way. */
export type Delivery = {
  readonly bytesPerSecond?: number;
  /** The connection breaks after so many bytes of the body; before the status line when negative. */
  readonly dropAfter?: number;
  /** Without the headers that let another origin read it. */
  readonly withoutCors?: boolean;
};

export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Content;
  readonly delivery?: Delivery;
};

/** `path` matches the whole path, still percent-encoded; the handler gets its named groups decoded. */
export type Route = {
  readonly origin: OriginName;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: RegExp;
  readonly handle: (ask: Ask, groups: Headers) => Reply | Promise<Reply>;
};

/** Thrown by a handler to answer with `reply` at once. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`HTTP status ${reply.status}`);
    this.reply = reply;
  }
}

export function reply(status: number, headers: Headers, body = asText('')): Reply {
  return { status, headers, body };
}

export function json(value: unknown, headers: Headers = {}, status = 200): Reply {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return reply(status, { ...type, ...headers }, asText(JSON.stringify(value)));
}

/**
 * Errors are JSON `{error}`, repeated in headers, with a code where there is one (`hf_raise_for_status` of
 * huggingface_hub reads `X-Error-Code` and `X-Error-Message`).
 */
export function refuse(status: number, message: string, code?: string): Refusal {
  const named = code === undefined ? {} : { 'x-error-code': code };
  const headers = { 'x-error-message': message, ...named };
  return new Refusal(json({ error: message }, headers, status));
}

/**
 * The part of `content` that the request asks for: 206 with `Content-Range`, 416 when it starts after the
 * end, 200 with everything when no range or one of another form is asked for (RFC 9110, 14.2 and 15.5.17).
 */
export function ranged(ask: Ask, content: Content, headers: Headers): Reply {
  const all = { 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream', ...headers };
  const range = parseRange(ask.headers['range'], content.size);
  if (range === null) return reply(200, all, content);
  const { begin, end } = range;
  if (begin >= content.size) {
    return reply(416, { ...all, 'content-range': `bytes */${content.size}` });
  }
  const contentRange = `bytes ${begin}-${end - 1}/${content.size}`;
  return reply(206, { ...all, 'content-range': contentRange }, part(content, begin, end));
}

/** `end` is exclusive and not after the end of the file. */
export function parseRange(
  header: string | undefined,
  size: number,
): { readonly begin: number; readonly end: number } | null {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined) return null;
  const [begin, end] = [Number(first), last === '' ? size : Math.min(size, Number(last) + 1)];
  return last !== '' && Number(last) < begin ? null : { begin, end };
}

export function part(content: Content, begin: number, end: number): Content {
  return { size: end - begin, read: (from, to) => content.read(begin + from, begin + to) };
}

export async function readJson(ask: Ask): Promise<Readonly<Record<string, unknown>>> {
  try {
    return JSON.parse(new TextDecoder().decode(await ask.body()));
  } catch {
    throw refuse(400, 'The request body is not valid JSON');
  }
}

/** One page of `items`: `Link` names the next one (RFC 8288); its address is absolute. */
export function page<T>(ask: Ask, items: readonly T[], limit: number): Reply {
  const from = Number(ask.url.searchParams.get('cursor') ?? 0);
  const next = new URL(ask.url);
  next.searchParams.set('cursor', String(from + limit));
  const more = from + limit < items.length;
  return json(items.slice(from, from + limit), more ? { link: `<${next}>; rel="next"` } : {});
}
