import { asReadError, ReadError, type ReadTag } from './errors.ts';
import type { Source } from './source.ts';

/** A server without ranges sends the whole file; up to this size it is kept. */
const wholeLimit = 64 * 2 ** 20;
/** A request takes as long as about this many bytes. */
const ahead = 2 ** 20;

/** Byte ranges of a URL whose size is known. */
export function httpSource(name: string, url: string, size: number): Source {
  let whole: Uint8Array<ArrayBuffer> | null = null;

  const fail = (tag: ReadTag, found: string, expected: string, advice: string) =>
    new ReadError(tag, { file: name, found, expected, advice });
  const shortage = (found: number, expected: number) =>
    fail(
      'short',
      `${found} bytes`,
      `${expected}`,
      'The file on the server changed: open it again.',
    );

  /** Rejects with the reason of an abort, or with a `ReadError` saying that `found` happened. */
  async function online<T>(found: string, work: Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await work;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TypeError)) throw asReadError(error, name);
      const advice = 'Check the connection and try again.';
      throw new ReadError('network', { file: name, found, advice }, error);
    }
  }

  async function fetchRange(begin: number, end: number, signal?: AbortSignal): Promise<Response> {
    const headers = { range: `bytes=${begin}-${end - 1}` };
    const init = { headers, cache: 'no-store', ...(signal ? { signal } : {}) } as const;
    const response = await online('no answer from the server', fetch(url, init), signal);
    if (response.status === 206 || response.status === 200) return response;
    const tag = response.status === 404 ? 'missing' : 'status';
    const advice = 'Try again later, or open the model from another place.';
    throw fail(tag, `HTTP status ${response.status}`, '206, a part of the file', advice);
  }

  async function body(response: Response, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await online('a broken transfer', response.arrayBuffer(), signal));
  }

  return {
    name,
    size,
    ahead,
    async read(begin, end, signal) {
      signal?.throwIfAborted();
      if (end <= begin) return new Uint8Array(); // "bytes=5-4" is no range
      if (whole) return whole.slice(begin, end);
      const response = await fetchRange(begin, end, signal);
      if (response.status === 206) {
        const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
        if (total !== undefined && Number(total) !== size) throw shortage(Number(total), size);
        const bytes = await body(response, signal);
        if (bytes.length !== end - begin) throw shortage(bytes.length, end - begin);
        return bytes;
      }
      if (size > wholeLimit) {
        await response.body?.cancel();
        const advice = 'This server does not send parts of files: download the model and drop it.';
        throw fail('status', 'HTTP status 200, the whole file', '206, a part of it', advice);
      }
      const bytes = await body(response, signal);
      if (bytes.length !== size) throw shortage(bytes.length, size);
      whole = bytes;
      return whole.slice(begin, end);
    },
  };
}
