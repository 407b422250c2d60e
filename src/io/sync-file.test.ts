import { expect, test } from 'vitest';
import { openSyncFile } from './sync-file.ts';

test('what is written goes to the disk every 32 MiB, and at the end', async () => {
  const calls: string[] = [];
  const access = {
    truncate() {},
    write: ({ length }: Uint8Array) => {
      calls.push(`${length / 2 ** 20} MiB`);
      return length;
    },
    flush: () => calls.push('flush'),
    close: () => calls.push('close'),
  };
  const handle = { createSyncAccessHandle: async () => access };
  const step = new Uint8Array(12 * 2 ** 20);
  const file = await openSyncFile(handle as never, 'w', 4 * step.length);
  for (let i = 0; i < 4; i++) await file.write(step, i * step.length);
  await file.close();
  expect(calls).toEqual([
    ...['12 MiB', '12 MiB', '12 MiB', 'flush', '12 MiB'],
    ...['flush', 'close'],
  ]);
});
