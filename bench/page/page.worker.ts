/** Writes synthetic models into private storage, and copies files there: what a merge is held against. */
import { TILE, weightsOf } from '../synthetic.ts';
import type { Order } from './orders.ts';

/** Bytes read and written at a time; larger ones are not faster. */
const chunk = 4 * 2 ** 20;

async function open(name: string): Promise<FileSystemSyncAccessHandle> {
  const root = await navigator.storage.getDirectory();
  const handle = await root.getFileHandle(name, { create: true });
  return handle.createSyncAccessHandle();
}

async function writeTile(name: string, model: number): Promise<void> {
  const file = await open(name);
  file.truncate(0);
  file.write(weightsOf(model, TILE, 'BF16'), { at: 0 });
  file.close();
}

async function writeModel(order: Extract<Order, { kind: 'model' }>): Promise<void> {
  const { name, model, header, byteLength } = order;
  const tile = weightsOf(model, TILE, 'BF16');
  const file = await open(name);
  file.truncate(byteLength);
  let at = file.write(header, { at: 0 });
  while (at < byteLength) at += file.write(tile.subarray(0, byteLength - at), { at });
  file.close();
}

/**
 * Seconds to read every source whole and write as many bytes as the first has: the bytes that a merge must
 * move. It reads all of them piece by piece, as a merge does, and ends with the bytes on the disk.
 */
async function copy({ from, to, readBack }: Extract<Order, { kind: 'copy' }>): Promise<number> {
  const sources = await Promise.all(from.map(open));
  const sink = await open(to);
  sink.truncate(0);
  const size = sources[0].getSize();
  const buffer = new Uint8Array(chunk);
  const began = performance.now();
  for (let at = 0; at < size; at += chunk) {
    const piece = buffer.subarray(0, Math.min(chunk, size - at));
    for (const source of sources) source.read(piece, { at });
    sink.write(piece, { at });
  }
  sink.flush();
  if (readBack) for (let at = 0; at < size; at += chunk) sink.read(buffer, { at });
  const seconds = (performance.now() - began) / 1000;
  for (const file of [...sources, sink]) file.close();
  return seconds;
}

self.onmessage = async ({ data: order }: MessageEvent<Order>) => {
  if (order.kind === 'copy') self.postMessage(await copy(order));
  else {
    await (order.kind === 'tile' ? writeTile(order.name, order.model) : writeModel(order));
    self.postMessage(0);
  }
};
