import { expect, test } from 'vitest';
import { letGo } from './let-go.ts';

/** Node 20 lacks the method that browsers have. */
function withTransfer(buffer: ArrayBuffer): void {
  Object.defineProperty(buffer, 'transfer', {
    value: (length: number) => {
      structuredClone(buffer, { transfer: [buffer] });
      return new ArrayBuffer(length);
    },
  });
}

test('the memory is gone at once', () => {
  const bytes = new Uint8Array(1000);
  withTransfer(bytes.buffer);
  letGo(bytes);
  expect(bytes.length).toBe(0);
});

test('an engine without the method keeps it', () => {
  const bytes = Uint8Array.of(1, 2);
  Object.defineProperty(bytes.buffer, 'transfer', { value: undefined });
  letGo(bytes);
  expect([...bytes]).toEqual([1, 2]);
});
