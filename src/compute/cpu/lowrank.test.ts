import { expect, test } from 'vitest';
import { randomNumbers } from '../../testing/samples.ts';
import { multiplier, multiplyPlainly } from './lowrank.ts';

test('try', async () => {
  const random = randomNumbers(1);
  const t0 = performance.now();
  const by = await multiplier();
  console.log('compile', performance.now() - t0);
  for (const [depth, columns, rows] of [
    [16, 4096, 16],
    [64, 4096, 16],
    [64, 8192, 8],
    [3, 13, 7],
  ]) {
    const right = Float32Array.from({ length: depth * columns }, () => random() - 0.5);
    const left = Float32Array.from({ length: depth * rows }, () => random() - 0.5);
    const a = new Float32Array(rows * columns),
      b = new Float32Array(rows * columns);
    const m = by(right, depth, columns);
    m(left, rows, a);
    multiplyPlainly(right, depth, columns)(left, rows, b);
    expect(a).toEqual(b);
    const n = Math.ceil(1e9 / (rows * columns * depth));
    const c0 = process.cpuUsage();
    for (let i = 0; i < Math.min(n, 1e4); i++) m(left, rows, a);
    const c = process.cpuUsage(c0);
    console.log(
      depth,
      columns,
      Math.round((Math.min(n, 1e4) * rows * columns) / (c.user + c.system)),
      'M/s',
    );
  }
});
