import { afterEach, expect, test } from 'vitest';
import type { CacheCall } from '../testing/cache.worker.ts';

const start = () =>
  new Worker(new URL('../testing/cache.worker.ts', import.meta.url), { type: 'module' });

let worker = start();

function call(message: CacheCall): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      port1.close();
      resolve(data);
    };
    worker.postMessage(message, [port2]);
  });
}

afterEach(async () => {
  await call({ kind: 'clear' });
});

test('private storage keeps ranges over a restart, and clears', async () => {
  const bytes = Uint8Array.from({ length: 250 }, (_, i) => i);
  await call({ kind: 'write', begin: 30, bytes });
  worker.terminate();
  worker = start();
  expect(await call({ kind: 'size' })).toBe(250);
  expect(await call({ kind: 'read', begin: 30, length: 250 })).toEqual({ missing: [], bytes });
  await call({ kind: 'clear' });
  expect(await call({ kind: 'size' })).toBe(0);
  expect(await call({ kind: 'read', begin: 30, length: 5 })).toMatchObject({
    missing: [{ begin: 30, end: 35 }],
  });
});
