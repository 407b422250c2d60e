import type { Ask, Headers, OriginName } from './exchange.ts';

export type LoggedRequest = {
  readonly origin: OriginName;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Headers;
  readonly range: string | null;
  readonly isAuthorized: boolean;
  /** 0 until there is an answer, and when the connection was refused. */
  readonly status: number;
  /** Of the body. */
  readonly bytesSent: number;
};

export type Entry = { -readonly [key in keyof LoggedRequest]: LoggedRequest[key] };

/** What was asked, in the order of arrival; status and bytes are filled in while the answer goes out. */
export class RequestLog {
  readonly entries: Entry[] = [];

  begin({ origin, method, url, headers }: Ask): Entry {
    const entry: Entry = {
      origin,
      method,
      path: url.pathname + url.search,
      headers,
      range: headers['range'] ?? null,
      isAuthorized: headers['authorization'] !== undefined,
      status: 0,
      bytesSent: 0,
    };
    this.entries.push(entry);
    return entry;
  }

  clear(): void {
    this.entries.length = 0;
  }
}
