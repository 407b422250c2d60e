import { expect, test } from 'vitest';
import { BufferPool } from './buffers.ts';

type Made = { size: number; usage: number; destroyed: boolean };

function fakeDevice() {
  const made: Made[] = [];
  const createBuffer = ({ size, usage }: GPUBufferDescriptor) => {
    const buffer = { size, usage, destroyed: false, destroy: () => void 0 };
    buffer.destroy = () => {
      buffer.destroyed = true;
    };
    made.push(buffer);
    return buffer as unknown as GPUBuffer;
  };
  return { made, device: { createBuffer } as unknown as GPUDevice };
}

test('a buffer that was given back is used again for similar sizes of the same usage', () => {
  const { made, device } = fakeDevice();
  const pool = new BufferPool(device, 1 << 20);
  const first = pool.take(1000, 1);
  pool.give(first);
  expect(pool.take(1010, 1)).toBe(first);
  expect(pool.take(1000, 1)).not.toBe(first);
  pool.give(first);
  expect(pool.take(1000, 2)).not.toBe(first);
  expect(made).toHaveLength(3);
});

test('sizes are rounded up by an eighth at most, to multiples of four', () => {
  const { made, device } = fakeDevice();
  const pool = new BufferPool(device, 1 << 30);
  for (const size of [1, 4, 255, 1000, 70_001, 1_000_003]) {
    pool.take(size, 1);
    const { size: got } = made[made.length - 1];
    expect(got).toBeGreaterThanOrEqual(size);
    expect(got).toBeLessThanOrEqual(Math.max(256, size * 1.125 + 256));
    expect(got % 4).toBe(0);
  }
});

test('above the budget free buffers are destroyed, the oldest first', () => {
  const { made, device } = fakeDevice();
  const pool = new BufferPool(device, 3 * 4096);
  const taken = [pool.take(4096, 1), pool.take(4096, 1), pool.take(4096, 1)];
  pool.give(taken[0]);
  pool.give(taken[1]);
  pool.take(4096, 2);
  expect(made.map(({ destroyed }) => destroyed)).toEqual([true, false, false, false]);
  expect(pool.bytes).toBe(3 * 4096);
});

test('giving a buffer back twice does not lend it twice', () => {
  const { device } = fakeDevice();
  const pool = new BufferPool(device, 1 << 20);
  const buffer = pool.take(256, 1);
  pool.give(buffer);
  pool.give(buffer);
  expect(pool.take(256, 1)).toBe(buffer);
  expect(pool.take(256, 1)).not.toBe(buffer);
});

test('destroying the pool destroys what is lent, too', () => {
  const { made, device } = fakeDevice();
  const pool = new BufferPool(device, 1 << 20);
  pool.take(256, 1);
  pool.give(pool.take(512, 1));
  pool.destroy();
  expect(made.every(({ destroyed }) => destroyed)).toBe(true);
  expect(pool.bytes).toBe(0);
});
