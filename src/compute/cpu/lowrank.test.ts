import { describe, expect, test } from 'vitest';
import { type FloatDtype, floatDtypes } from '../../numerics/dtype.ts';
import { encode } from '../../testing/encode.ts';
import { randomNumbers } from '../../testing/samples.ts';
import { multiplier } from './lowrank.ts';
import { ALONE, multiplyPlainly, type Use } from './lowrank-definition.ts';

/** Numbers that round at every step. */
function numbers(seed: number, count: number): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: count }, () => (random() - 0.5) * 4);
}

type Sizes = readonly [rows: number, depth: number, columns: number];

/** What the shader and the definition make of the same matrices, as bits. */
async function both([rows, depth, columns]: Sizes, use: Use, left = numbers(1, rows * depth)) {
  const right = numbers(2, depth * columns);
  const multiplyBy = await multiplier(use.base?.dtype ?? null);
  const [compiled, defined] = [multiplyBy, multiplyPlainly].map((by) => {
    const out = new Float32Array(rows * columns).fill(77);
    by(right, depth, columns)(left, rows, out, use);
    return out;
  });
  return { compiled, defined };
}

/** Fails with the first place that differs: two NaNs are equal, two zeros of other signs are not. */
function expectSame({ compiled, defined }: Awaited<ReturnType<typeof both>>): void {
  const at = compiled.findIndex((value, i) => !Object.is(value, defined[i]));
  expect([at, compiled[at], compiled.length]).toEqual([-1, undefined, defined.length]);
}

function onto(dtype: FloatDtype, count: number, change?: (values: number[]) => void): Use {
  const values = [...numbers(3, count)];
  change?.(values);
  return { scale: Math.fround(1 / 3), base: { dtype, bytes: encode(values, dtype) } };
}

describe('the compiled shader gives the bytes of the definition', () => {
  test.each([
    [1, 1, 1],
    [4, 4, 8],
    [3, 5, 7],
    [5, 16, 33],
    [9, 1, 64],
    [2, 0, 10],
    [0, 3, 10],
    [13, 6, 1],
  ] as const)('for %i rows, %i terms and %i columns', async (...sizes) => {
    expectSame(await both(sizes, ALONE));
    expectSame(await both(sizes, { scale: Math.fround(0.1), base: null }));
    expectSame(await both(sizes, onto('BF16', sizes[0] * sizes[2])));
  });

  test.each(floatDtypes)('on a base of %s', async (dtype) => {
    expectSame(await both([6, 5, 24], onto(dtype, 6 * 24)));
    expectSame(await both([6, 5, 19], onto(dtype, 6 * 19)));
  });

  test.each([
    ['more rows than one turn makes', [70, 3, 4099]],
    ['a right factor that comes in turns', [3, 600, 1800]],
    ['rows longer than one turn makes', [5, 2, 66_003]],
    ['sums so long that the left factor comes four rows at a time', [9, 70_001, 3]],
  ] as const)('with %s', async (_, sizes) => {
    expectSame(await both(sizes, ALONE));
    expectSame(await both(sizes, onto('F16', sizes[0] * sizes[2])));
  });

  test('when two products take turns in one memory', async () => {
    const multiplyBy = await multiplier(null);
    const rights = [numbers(4, 3 * 20), numbers(5, 3 * 20)];
    const left = numbers(6, 2 * 3);
    const compiled = rights.map((right) => multiplyBy(right, 3, 20));
    for (const i of [0, 1, 0, 0, 1]) {
      const [got, wanted] = [new Float32Array(40), new Float32Array(40)];
      compiled[i](left, 2, got, ALONE);
      multiplyPlainly(rights[i], 3, 20)(left, 2, wanted, ALONE);
      expect(got).toEqual(wanted);
    }
  });

  test.each(floatDtypes.filter((dtype) => dtype !== 'F8_E4M3'))(
    'with NaN and infinity in a base of %s, and after it',
    async (dtype) => {
      const sizes = [6, 5, 19] as const;
      const odd = (values: number[]) => {
        values[3] = Number.NaN;
        values[50] = -Infinity;
      };
      const made = await both(sizes, onto(dtype, 6 * 19, odd));
      expectSame(made);
      expect([made.compiled[3], made.compiled[50]]).toEqual([Number.NaN, -Infinity]);
      expectSame(await both(sizes, onto(dtype, 6 * 19)));
    },
  );

  test('with NaN and infinity in a factor', async () => {
    const left = numbers(1, 4 * 3);
    left.set([Number.NaN], 0);
    left.set([Infinity], 4);
    const made = await both([4, 3, 9], ALONE, left);
    expectSame(made);
    expect(made.compiled[0]).toBeNaN();
    expect(Math.abs(made.compiled[9])).toBe(Infinity);
    expect(made.compiled.slice(18).every(Number.isFinite)).toBe(true);
    await both([4, 4, 9], ALONE, new Float32Array(16).fill(Number.NaN));
    expectSame(await both([3, 3, 9], ALONE));
  });
});

test('the definition takes terms in ascending order, each rounded by itself', () => {
  const out = new Float32Array(1);
  // 2²⁴ + 1 is lost, 1 + 1 before it is not; and 1 + 2⁻²³ squared loses its last term.
  multiplyPlainly(Float32Array.of(2 ** 24, 1, 1), 3, 1)(Float32Array.of(1, 1, 1), 1, out, ALONE);
  expect(out[0]).toBe(2 ** 24);
  multiplyPlainly(Float32Array.of(1, 1, 2 ** 24), 3, 1)(Float32Array.of(1, 1, 1), 1, out, ALONE);
  expect(out[0]).toBe(2 ** 24 + 2);
  const e = 1 + 2 ** -23;
  multiplyPlainly(Float32Array.of(e, 1), 2, 1)(Float32Array.of(e, -1), 1, out, ALONE);
  expect(out[0]).toBe(2 ** -22);
});
