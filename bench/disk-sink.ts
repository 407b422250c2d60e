/** A folder of this disk as what a run writes to: the bytes are really written, and read back. */
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sink } from '../src/io/sink.ts';

/** Everything in it is removed at the end of a run that fails, and by `abort`. */
export function diskSink(folder: string): Sink {
  const sizes = new Map<string, number>();
  const at = (name: string) => join(folder, name);
  return {
    kind: 'directory',
    async create(name, size) {
      mkdirSync(dirname(at(name)), { recursive: true });
      sizes.set(name, size);
      const file = openSync(at(name), 'w+');
      return {
        async write(bytes, begin) {
          writeSync(file, bytes, 0, bytes.length, begin);
        },
        read: (into, begin) => void readSync(file, into, 0, into.length, begin),
        async close() {
          closeSync(file);
        },
      };
    },
    async commit() {},
    async abort() {
      rmSync(folder, { recursive: true, force: true });
    },
    async reopen(name) {
      return {
        name,
        size: sizes.get(name) ?? 0,
        async read(begin, end) {
          const file = openSync(at(name), 'r');
          const bytes = new Uint8Array(end - begin);
          readSync(file, bytes, 0, bytes.length, begin);
          closeSync(file);
          return bytes;
        },
      };
    },
  };
}
