import { expect, test } from 'vitest';
import { letGo } from './let-go.ts';

test('the memory is gone at once, and letting go twice is no fault', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  letGo(bytes);
  expect(bytes.buffer.byteLength).toBe(0);
  letGo(bytes);
});
