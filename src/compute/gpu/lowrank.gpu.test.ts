import { expect } from 'vitest';
import { floatDtypes } from '../../numerics/dtype.ts';
import { encode } from '../../testing/encode.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { baseOf, lowrankOnGpu, numbers, type Sizes } from '../../testing/lowrank-gpu.ts';
import { multiplyPlainly, type Use } from '../cpu/lowrank-definition.ts';

const cases: readonly Sizes[] = [
  { rows: 4, depth: 4, columns: 8 },
  { rows: 7, depth: 3, columns: 24 },
  { rows: 21, depth: 16, columns: 1048 },
];

for (const dtype of [null, ...floatDtypes]) {
  for (const dyadic of [true, false]) {
    const how = dyadic ? 'bit for bit where sums are exact' : 'within rounding';
    gpuTest(
      `lowrank on ${dtype ?? 'no base'} gives the definition’s rows ${how}`,
      async (device) => {
        for (const sizes of cases) {
          const { rows, depth, columns } = sizes;
          const left = numbers(1, rows * depth, dyadic);
          const right = numbers(2, depth * columns, dyadic);
          const use: Use = {
            scale: dyadic ? 2 : Math.fround(1 / 3),
            base: baseOf(sizes, dtype, dyadic),
          };
          const wanted = new Float32Array(rows * columns);
          multiplyPlainly(right, depth, columns)(left, rows, wanted, use);
          const { values, met } = await lowrankOnGpu(device, sizes, left, right, use);
          expect(met).toBe(0);
          if (dyadic) expect(values).toEqual(wanted);
          const worst = Math.max(...values.map((value, i) => Math.abs(value - wanted[i])));
          // Every term is less than 1/4: each of its steps may differ by half a unit in the last place.
          expect(worst).toBeLessThanOrEqual((depth / 4 + 1) * 2 ** -23);
          expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.1);
        }
      },
    );
  }
}

gpuTest('lowrank tells of infinity in the base', async (device) => {
  const sizes = { rows: 4, depth: 4, columns: 8 };
  const values = Array.from({ length: 32 }, (_, i) => (i === 20 ? Infinity : 1));
  const base = { dtype: 'BF16', bytes: encode(values, 'BF16') } as const;
  const ones = new Float32Array(32).fill(1);
  const { met } = await lowrankOnGpu(device, sizes, ones.subarray(0, 16), ones, { scale: 1, base });
  expect(met).toBe(1);
});
