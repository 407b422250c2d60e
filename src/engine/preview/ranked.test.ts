import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import type { Measure } from '../../methods/method.ts';
import { roundTo, type WorkDtype } from '../../numerics/round.ts';
import { encode } from '../../testing/encode.ts';
import { numbers } from '../../testing/lowrank-gpu.ts';
import { ranked, sortedMagnitudes } from './ranked.ts';
import { blocksOf, readAs } from './sample.ts';

const length = 1001;
const signal = new AbortController().signal;
const at = { tensorKey: 1, ordinals: [0, 1] };

/** Multiples of 1/64 in BF16: many magnitudes are equal. */
function sampled(seed: number, change?: (values: Float32Array<ArrayBuffer>) => void) {
  const decoded = numbers(seed, length, true);
  change?.(decoded);
  return { decoded, bytes: encode([...decoded], 'F32'), dtype: 'F32', x: decoded } as const;
}

const counts = [0, 1, 7, 333, 500, 750, 999, 1000, 1001, 2000];
const magnitudes = counts.flatMap((count): readonly Measure[] => [
  { kind: 'magnitude', model: 0, count },
  { kind: 'magnitude', model: 1, count },
]);
const others: readonly Measure[] = [{ kind: 'dot', of: 'taskVectors', a: 0, b: 1 }];

test.each(['F32', 'BF16'] as const)(
  'a sorted sample is measured as a tensor is, worked in %s',
  async (work) => {
    const odd = sampled(2, (values) => {
      values[5] = Number.NaN;
      values[8] = Number.NEGATIVE_INFINITY;
    });
    for (const second of [sampled(2), odd]) {
      const models = [sampled(1), second];
      const base = sampled(3);
      const backend = definitionBackend();
      const blocks = blocksOf(models, base, 'F32', length);
      const measures = [...magnitudes, ...others, ...magnitudes.slice(4, 6)];
      const wanted = await backend.measure(blocks, measures, { work, at }, signal);
      const found = ranked(backend, models, base, 'F32');
      for (let turn = 0; turn < 2; turn++) {
        expect(await found.measure(blocks, measures, { work, at }, signal)).toEqual(wanted);
      }
    }
  },
);

test('another base, or inputs read otherwise, are sorted anew', () => {
  const [plane, first, second] = [sampled(1), sampled(2), sampled(3)];
  const rounded = { decoded: plane.decoded, x: readAs(plane.decoded, 'BF16') };
  const as = (readAs: WorkDtype, work: WorkDtype = 'F32') => ({ readAs, work });
  const ascending = (x: Float32Array, base: Float32Array) =>
    x.map((value, i) => roundTo('F32')(Math.abs(value - base[i]))).sort();
  for (const base of [first, second, first]) {
    expect(sortedMagnitudes(plane, base, as('F32'))).toEqual(ascending(plane.x, base.x));
    expect(sortedMagnitudes(rounded, base, as('BF16'))).toEqual(ascending(rounded.x, base.x));
    expect(sortedMagnitudes(plane, base, as('F32', 'BF16'))).toEqual(
      ascending(plane.x, base.x).map(roundTo('BF16')),
    );
  }
  expect(sortedMagnitudes(plane, null, as('F32'))).toEqual(plane.x.map(Math.abs).sort());
});
