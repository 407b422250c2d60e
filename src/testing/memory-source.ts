import { ReadError } from '../io/errors.ts';
import type { Source } from '../io/source.ts';

/** Bytes in memory; each read is a copy, as from a disk. */
export function memorySource(name: string, bytes: Uint8Array): Source {
  return {
    name,
    size: bytes.length,
    async read(begin, end, signal) {
      await Promise.resolve();
      signal?.throwIfAborted();
      if (begin < 0 || end > bytes.length || begin > end) {
        throw new ReadError('short', {
          file: name,
          found: `${bytes.length} bytes`,
          expected: `bytes ${begin} to ${end}`,
          advice: 'This is a test source.',
        });
      }
      return new Uint8Array(bytes.subarray(begin, end));
    },
  };
}

export type CountingSource = Source & {
  readonly reads: readonly { readonly begin: number; readonly end: number }[];
  bytesRead(): number;
};

/** Remembers what was read. */
export function countingSource(inner: Source): CountingSource {
  const reads: { begin: number; end: number }[] = [];
  return {
    ...inner,
    reads,
    bytesRead: () => reads.reduce((sum, { begin, end }) => sum + end - begin, 0),
    read(begin, end, signal) {
      reads.push({ begin, end });
      return inner.read(begin, end, signal);
    },
  };
}

/** A disk that breaks at byte `at`: every read that reaches it fails. */
export function failingSource(inner: Source, at: number): Source {
  return {
    name: inner.name,
    size: inner.size,
    async read(begin, end, signal) {
      if (end <= at) return inner.read(begin, end, signal);
      throw new ReadError('disk', {
        file: inner.name,
        found: `reading failed at byte ${at}`,
        advice: 'This is a test source.',
      });
    },
  };
}

/** Every read takes `milliseconds`; an abort ends the wait at once. */
export function slowSource(inner: Source, milliseconds: number): Source {
  return {
    name: inner.name,
    size: inner.size,
    async read(begin, end, signal) {
      await new Promise<void>((resolve, reject) => {
        signal?.throwIfAborted();
        const timer = setTimeout(resolve, milliseconds);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      });
      return inner.read(begin, end, signal);
    },
  };
}
