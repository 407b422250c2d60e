import { ReadError, WriteError } from './errors.ts';
import type { Sink } from './sink.ts';
import type { Source } from './source.ts';

/** A folder that is never on disk: what was written there can be opened like any other. */
export type MemoryFolder = Pick<Sink, 'create'> & {
  /** Its files. */
  sources(): readonly Source[];
};

export function memoryFolder(): MemoryFolder {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    sources: () => [...files].map(([name, bytes]) => memorySource(name, bytes)),
    async create(name, size) {
      const bytes = roomFor(name, size);
      files.set(name, bytes);
      return {
        async write(piece, at) {
          bytes.set(piece, at);
        },
        async close() {},
      };
    },
  };
}

/** Bytes in memory; each read is a copy. */
export function memorySource(name: string, bytes: Uint8Array): Source {
  return {
    name,
    size: bytes.length,
    instant: true,
    async read(begin, end, signal, into) {
      signal?.throwIfAborted();
      if (begin < 0 || begin > end || end > bytes.length) {
        const found = `${bytes.length} bytes`;
        const expected = `bytes ${begin} to ${end}`;
        throw new ReadError('short', { file: name, found, expected, advice: 'Open it again.' });
      }
      const part = bytes.subarray(begin, end);
      if (!into) return new Uint8Array(part);
      into.set(part);
      return into;
    },
  };
}

function roomFor(file: string, size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch {
    const found = `${size} bytes, more than this browser gives to one page`;
    throw new WriteError('quota', { file, found, advice: 'Merge it to disk instead.' });
  }
}
