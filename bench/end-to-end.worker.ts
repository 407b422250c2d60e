/** Writes a synthetic model into private storage, and copies files there: what a merge is held against. */
import { layOut } from '../src/formats/safetensors/write.ts';

export type Order =
  | {
      readonly kind: 'make';
      readonly name: string;
      readonly tensors: number;
      readonly seed: number;
    }
  | { readonly kind: 'copy'; readonly from: readonly string[]; readonly to: string };

const ROWS = 1024;
const COLUMNS = 4096;
const CHUNK = 4 * 2 ** 20;

/** A tensor of normal-looking bf16 weights; experts differ from the base in about a fifth of them. */
function fill(words: Uint16Array, tensor: number, seed: number): void {
  let base = (tensor * 2654435761) >>> 0;
  let own = (seed * 2246822519 + tensor) >>> 0;
  for (let i = 0; i < words.length; i++) {
    base = (Math.imul(base, 1664525) + 1013904223) >>> 0;
    own = (Math.imul(own, 22695477) + 1) >>> 0;
    const value = 0x3c00 + ((base >>> 22) & 0x1ff) + ((base >>> 16) & 0x8000);
    words[i] = seed > 0 && own >>> 29 === 0 ? value ^ ((own >>> 20) & 7) : value;
  }
}

async function make(name: string, tensors: number, seed: number): Promise<void> {
  const named = Array.from({ length: tensors }, (_, i) => ({
    name: `model.layers.${String(i).padStart(3, '0')}.weight`,
    dtype: 'BF16' as const,
    shape: [ROWS, COLUMNS],
  }));
  const { header } = layOut(named, { format: 'pt' });
  const file = await open(name);
  let at = file.write(header, { at: 0 });
  const words = new Uint16Array(ROWS * COLUMNS);
  for (let tensor = 0; tensor < tensors; tensor++) {
    fill(words, tensor, seed);
    at += file.write(words, { at });
  }
  file.truncate(at);
  file.close();
}

/** Reads every source whole and writes as many bytes as one of them: the bytes a merge must move. */
async function copy(from: readonly string[], to: string): Promise<number> {
  const began = performance.now();
  const sources = await Promise.all(from.map(open));
  const sink = await open(to);
  const size = sources[0].getSize();
  const buffer = new Uint8Array(CHUNK);
  for (let at = 0; at < size; at += CHUNK) {
    const end = Math.min(size, at + CHUNK);
    for (const source of sources) source.read(buffer.subarray(0, end - at), { at });
    sink.write(buffer.subarray(0, end - at), { at });
  }
  sink.flush();
  for (const file of [...sources, sink]) file.close();
  return (performance.now() - began) / 1000;
}

async function open(name: string): Promise<FileSystemSyncAccessHandle> {
  const root = await navigator.storage.getDirectory();
  const handle = await root.getFileHandle(name, { create: true });
  return handle.createSyncAccessHandle();
}

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  const order = data;
  if (order.kind === 'make') {
    await make(order.name, order.tensors, order.seed);
    self.postMessage(0);
  } else {
    self.postMessage(await copy(order.from, order.to));
  }
};
