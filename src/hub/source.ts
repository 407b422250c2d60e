import { ReadError } from '../io/errors.ts';
import type { Source } from '../io/source.ts';
import { type BodyEnd, type Progress, readInto } from './body.ts';
import { backoff, defaultRetries, type HubConnection, hubFetch, type Wait } from './connection.ts';
import { HubError } from './errors.ts';
import { expired, type HubFile, Place } from './place.ts';
import { realSurroundings, type Surroundings } from './surroundings.ts';
import { WholeFiles } from './whole-files.ts';
import { XetReader } from './xet.ts';

export type HubSourceOptions = {
  /** Null when it goes on. */
  readonly onWait?: (wait: Wait | null) => void;
  /** Bytes that came over the network. */
  readonly onBytes?: (bytes: number) => void;
  /** Larger reads are cut into ranges of so many bytes. */
  readonly rangeBytes?: number;
  /** Ranges of one read in flight. */
  readonly parallel?: number;
  /** A connection that sends nothing for so long is left for another. */
  readonly stallSeconds?: number;
  /** Seconds a person who looks on may be kept waiting, as in `HubFetchOptions`. */
  readonly patience?: number;
  readonly surroundings?: Surroundings;
  /** A server without ranges sends the whole file; those that fit in here are kept. */
  readonly wholes?: WholeFiles;
};

/** How a try ended. */
type End = BodyEnd | 'refused';

/** Of all files together. */
const wholesOfAll = new WholeFiles(64 * 2 ** 20);

/**
 * Byte ranges of a file on the Hub, pinned to a commit. A lost connection goes on at the byte it reached,
 * an expired address is renewed, a changed file is noticed. Rejects with `HubError` or `ReadError`.
 */
export function hubSource(
  connection: HubConnection,
  file: HubFile,
  options: HubSourceOptions = {},
): Source {
  const { onWait, patience, onBytes = () => {}, surroundings = realSurroundings } = options;
  const {
    rangeBytes = 32 * 2 ** 20,
    parallel = 4,
    stallSeconds = 60,
    wholes = wholesOfAll,
  } = options;
  const place = new Place(connection.hubUrl, file);
  const xet = new XetReader(connection, file);
  let isNew = true; // the plain way has neither worked nor failed
  let choosing: Promise<boolean> | null = null;

  const fetchFor = (signal: AbortSignal) =>
    hubFetch(connection, {
      signal,
      onWait,
      patience,
      surroundings,
      ...(isNew ? { lostRetries: 1 } : {}),
    });

  /** Reads on from where `progress` stands. */
  async function attempt(
    target: Uint8Array,
    begin: number,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<End> {
    const fetch = fetchFor(signal);
    const from = begin + progress.at;
    const end = begin + target.length;
    if (xet.isChosen) return xet.read(target, from, progress, fetch, onBytes, signal);
    const wasNew = isNew;
    let response: Response;
    try {
      response = await place.ask(fetch, `bytes=${from}-${end - 1}`);
    } catch (error) {
      const isBlocked = error instanceof HubError && error.tag === 'blocked';
      if (!isBlocked || !wasNew) throw error;
      choosing ??= xet.choose(fetch).finally(() => {
        choosing = null;
      });
      await choosing;
      signal.throwIfAborted();
      isNew = false;
      return 'broken';
    }
    const { status } = response;
    if (status === 206) {
      place.checkSame(response);
      checkRange(response, from);
      isNew = false;
      return readInto(response, target, progress, { onBytes, stallSeconds, signal });
    }
    if (status === 200) return takeWhole(response, target, begin, progress, signal);
    await response.body?.cancel();
    if (status === 416) throw place.changed(`no byte ${from}`, `${file.size} bytes`);
    if (expired.has(status)) return 'refused';
    const found = `HTTP status ${status} from the storage of the Hub`;
    throw new HubError('server', { file: file.path, found, advice: 'Try again later.', status });
  }

  /** What to do with the whole file where a part was asked for. */
  async function takeWhole(
    response: Response,
    target: Uint8Array,
    begin: number,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<End> {
    place.checkSame(response);
    if (file.size > wholes.limit) {
      if (begin + progress.at === 0)
        return readInto(response, target, progress, { onBytes, stallSeconds, signal });
      await response.body?.cancel();
      throw new ReadError('status', {
        file: file.path,
        found: 'HTTP status 200, the whole file',
        expected: '206, a part of it',
        advice:
          'Something on the way does not send parts of files: download the model and drop it.',
      });
    }
    const known = wholes.get(place);
    if (known) await response.body?.cancel();
    const whole = known ?? wholes.keep(place, file.size, readWhole(response, signal));
    const bytes = await whole;
    signal.throwIfAborted();
    if (bytes === null) return 'broken';
    target.set(bytes.subarray(begin, begin + target.length));
    progress.at = target.length;
    return 'full';
  }

  async function readWhole(response: Response, signal: AbortSignal) {
    const bytes = new Uint8Array(file.size);
    const body = { onBytes, stallSeconds, signal };
    const end = await readInto(response, bytes, { at: 0 }, body).catch(() => 'broken');
    return end === 'full' ? bytes : null;
  }

  function checkRange(response: Response, from: number): void {
    const [, first, total] =
      /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? [];
    if (total !== undefined && total !== '*' && Number(total) !== file.size) {
      throw place.changed(`${total} bytes`, `${file.size}`);
    }
    if (first === undefined || Number(first) === from) return; // the header may be withheld from pages
    throw new ReadError('status', {
      file: file.path,
      found: `bytes from ${first}`,
      expected: `bytes from ${from}`,
      advice: 'The server sent another part than asked for: try again later.',
    });
  }

  /** Fills `target` with the bytes from `begin` on, in as many tries as go forward and a few that do not. */
  async function fill(target: Uint8Array, begin: number, signal: AbortSignal): Promise<void> {
    const progress: Progress = { at: 0 };
    let failures = 0;
    for (;;) {
      const before = progress.at;
      const end = await attempt(target, begin, progress, signal);
      if (end === 'full') return;
      failures = progress.at > before ? 0 : failures + 1;
      if (failures > defaultRetries) throw failed(end, begin + progress.at);
      const seconds = backoff(failures, surroundings.random);
      onWait?.({ reason: 'network', seconds });
      try {
        await surroundings.sleep(seconds * 1000, signal);
      } finally {
        onWait?.(null);
      }
    }
  }

  function failed(end: Exclude<End, 'full'>, at: number): ReadError {
    const [tag, found] = {
      refused: ['status', 'the storage of the Hub refuses its own signed address'] as const,
      broken: ['network', `the connection broke at byte ${at}`] as const,
      ended: ['short', `no bytes after byte ${at}`] as const,
    }[end];
    return new ReadError(tag, {
      file: file.path,
      found,
      expected: `${file.size} bytes`,
      advice: 'Check the connection and try again: it goes on from where it was.',
    });
  }

  return {
    name: file.path,
    size: file.size,
    async read(begin, end, signal) {
      signal?.throwIfAborted();
      if (end <= begin) return new Uint8Array();
      const kept = await wholes.get(place);
      if (kept) return kept.slice(begin, end);
      const bytes = new Uint8Array(end - begin);
      const stop = new AbortController();
      const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
      const starts = Array.from(
        { length: Math.ceil(bytes.length / rangeBytes) },
        (_, i) => i * rangeBytes,
      ).values();
      const lane = async () => {
        for (const start of starts) {
          await fill(bytes.subarray(start, start + rangeBytes), begin + start, both);
        }
      };
      try {
        await Promise.all(Array.from({ length: parallel }, lane));
      } catch (error) {
        stop.abort();
        throw error;
      }
      return bytes;
    },
  };
}
