/** What mergekit answers to the cases in a method's own folder; see tools/goldens/folders.py and releases.py. */
import { describe, expect, test } from 'vitest';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { noise, tensorKey } from '../numerics/random.ts';
import { roundTo } from '../numerics/round.ts';
import { mergeTensor } from '../testing/merge-tensor.ts';
import type { Dialect } from './dialect.ts';
import { findMethod } from './registry.ts';

type Case = {
  readonly name: string;
  /** Of `releases.json`: what an older release answered. */
  readonly dialect?: Dialect;
  readonly dtype: 'F32' | 'BF16';
  readonly shape: readonly number[];
  readonly models: number;
  /** Models that are zero everywhere. */
  readonly zeros?: readonly number[];
  readonly base: boolean;
  /** How far models lie from the base, which is in [−1, 1). */
  readonly scale: number;
  readonly global?: Readonly<Record<string, unknown>>;
  readonly perModel?: readonly Readonly<Record<string, number>>[];
  /** Units in the last place of the largest term that may differ, where not 6 (F32: 16). */
  readonly slack?: number;
  readonly expected: readonly (number | string)[];
};

const files = import.meta.glob<{ readonly cases: readonly Case[] }>(
  ['./*/goldens.json', './*/releases.json'],
  {
    eager: true,
    import: 'default',
  },
);
const backend = definitionBackend();

function uniform(label: string, count: number): Float64Array {
  const key = tensorKey(label);
  return Float64Array.from(
    { length: count },
    (_, i) => (noise(1, 0, key, 0, i) >>> 8) / 2 ** 23 - 1,
  );
}

function inputsOf({ shape, models, zeros = [], scale, dtype }: Case) {
  const count = shape.reduce((product, size) => product * size, 1);
  const round = roundTo(dtype);
  const base = uniform('base', count);
  return {
    base: base.map(round),
    models: Array.from({ length: models }, (_, k) =>
      zeros.includes(k)
        ? new Float64Array(count)
        : uniform(`model ${k}`, count).map((x, i) => round(Math.fround(base[i] + x * scale))),
    ),
  };
}

for (const [path, { cases }] of Object.entries(files)) {
  const id = path.split('/')[1].replaceAll('-', '_');
  describe(`${id} gives the numbers of mergekit (${path.split('/')[2]})`, () => {
    test.each(cases.map((one) => [one.dialect ?? 'mergekit', one.name, one] as const))(
      '%s: %s',
      async (dialect, _, one) => {
        const { base, models } = inputsOf(one);
        const {
          dtype,
          global = {},
          perModel = [],
          expected,
          slack = dtype === 'F32' ? 16 : 6,
        } = one;
        const merged = await mergeTensor(backend, {
          ...{ method: findMethod(id)!, models, base: one.base ? base : null },
          ...{ dialect, dtype, global, perModel, shape: one.shape },
        });
        const step = dtype === 'F32' ? 2 ** -24 : 2 ** -9;
        expect(merged.length).toBe(expected.length);
        for (const [i, wanted] of expected.entries()) {
          const size = models.reduce((sum, x) => sum + Math.abs(x[i]), Math.abs(base[i]));
          const error = Math.abs(merged[i] - Number(wanted));
          expect(error, `element ${i}: ${merged[i]}, not ${wanted}`).toBeLessThanOrEqual(
            slack * step * size,
          );
        }
      },
    );
  });
}
