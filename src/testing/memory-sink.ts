import { WriteError, type WriteTag } from '../io/errors.ts';
import type { Sink } from '../io/sink.ts';
import { memorySource } from './memory-source.ts';

export type MemorySink = Sink & {
  /** Complete once committed; empty after an abort. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  state(): 'open' | 'committed' | 'aborted';
  /** What was said of the verification at the commit; null before. */
  verified(): boolean | null;
  /** Lengths of the writes so far, over all files. */
  readonly writes: readonly number[];
};

export type MemorySinkOptions = {
  /** The write that reaches this byte (counted over all files) fails. */
  readonly failAt?: number;
  readonly failWith?: WriteTag;
  /** Milliseconds a write takes. */
  readonly delay?: number;
};

/** A sink in memory that keeps the promises of real ones, and can fail or be slow. */
export function memorySink(options: MemorySinkOptions = {}): MemorySink {
  const { failAt = Number.POSITIVE_INFINITY, failWith = 'quota', delay = 0 } = options;
  const open = new Map<string, Uint8Array<ArrayBuffer>>();
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const writes: number[] = [];
  let written = 0;
  let state: 'open' | 'committed' | 'aborted' = 'open';
  let verified: boolean | null = null;

  const fail = (tag: WriteTag, file: string, found: string) => {
    throw new WriteError(tag, { file, found, advice: 'This is a test sink.' });
  };

  return {
    kind: 'opfs',
    files,
    writes,
    state: () => state,
    verified: () => verified,
    async create(name, size) {
      if (open.has(name)) fail('exists', name, 'created twice');
      const bytes = new Uint8Array(size);
      let filled = 0;
      open.set(name, bytes);
      return {
        async write(chunk, at) {
          if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
          if (state !== 'open') fail('closed', name, `written to after the sink was ${state}`);
          if (written + chunk.length > failAt) fail(failWith, name, `failed at byte ${failAt}`);
          if (at + chunk.length > size) fail('size', name, `more than ${size} bytes`);
          bytes.set(chunk, at);
          filled += chunk.length;
          written += chunk.length;
          writes.push(chunk.length);
        },
        async close() {
          if (filled !== size) fail('size', name, `${filled} bytes of ${size}`);
        },
      };
    },
    async commit(isVerified) {
      if (state === 'aborted') fail('closed', 'sink', 'committed after an abort');
      state = 'committed';
      verified = isVerified;
      for (const [name, bytes] of open) files.set(name, bytes);
    },
    async abort() {
      if (state !== 'committed') state = 'aborted';
      open.clear();
      files.clear();
    },
    async reopen(name) {
      const bytes = open.get(name);
      if (!bytes) throw new Error(`${name} was never created`);
      return memorySource(name, bytes);
    },
  };
}
