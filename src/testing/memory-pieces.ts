import type { PieceStore } from '../io/range-cache.ts';

export type MemoryPieces = PieceStore & {
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  /** No room for more than so many bytes. */
  quota: number;
};

export function memoryPieces(): MemoryPieces {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const held = () => [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const self: MemoryPieces = {
    files,
    quota: Number.POSITIVE_INFINITY,
    list: async () => [...files.keys()],
    read: async (name) => files.get(name) ?? null,
    async write(name, bytes) {
      if (held() + bytes.length > self.quota) throw new Error('no room');
      files.set(name, bytes.slice());
    },
    async rename(from, to) {
      const bytes = files.get(from);
      if (!bytes) throw new Error('gone');
      files.delete(from);
      files.set(to, bytes);
    },
    async remove(name) {
      files.delete(name);
    },
  };
  return self;
}
