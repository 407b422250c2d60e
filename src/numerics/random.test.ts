import { describe, expect, it } from 'vitest';
import goldens from '../testing/goldens/noise.json' with { type: 'json' };
import { countKept, isKept, keepLimit, noise, noiseQuad, tensorKey } from './random.ts';

describe('tensorKey', () => {
  it.each(goldens.keys)('of "$tensor" is $key, as in the Python definition', ({ tensor, key }) => {
    expect(tensorKey(tensor)).toBe(key);
  });
});

describe('noise', () => {
  it.each(goldens.noise)('seed $seed draw $draw model $model element $element', (golden) => {
    const { seed, draw, tensor, model, element } = golden;
    expect(noise(seed, draw, tensorKey(tensor), model, element)).toBe(golden.noise);
  });

  it('gives four neighbours from one hash', () => {
    const quad = new Uint32Array(6);
    noiseQuad(25, 3, 77, 9, quad, 1);
    expect([...quad]).toEqual([0, ...[100, 101, 102, 103].map((e) => noise(9, 0, 77, 3, e)), 0]);
  });
});

describe('keeping', () => {
  it('keeps all at density 1 and nothing at density 0', () => {
    expect(keepLimit(1)).toBe(2 ** 24);
    expect(keepLimit(0)).toBe(0);
    for (let element = 0; element < 1000; element++) {
      expect(isKept(keepLimit(1), 1, 0, 2, 3, element)).toBe(true);
      expect(isKept(keepLimit(0), 1, 0, 2, 3, element)).toBe(false);
    }
  });

  it('keeps the asked share', () => {
    const counts = new Uint8Array(100_000);
    countKept({ seed: 5, draws: 1, density: 0.1, tensorKey: 1, model: 0 }, 0, counts);
    const kept = counts.reduce((sum, count) => sum + count, 0);
    // Four standard deviations of a binomial of 100,000 at 0.1.
    expect(Math.abs(kept - 10_000)).toBeLessThan(4 * Math.sqrt(100_000 * 0.1 * 0.9));
  });

  it.each([
    [0, 9],
    [1, 9],
    [2, 1],
    [3, 0],
    [3, 2],
    [4_294_967_290, 5],
  ])('counts draws from element %i on, %i elements, as one by one', (start, length) => {
    const of = { seed: 7, draws: 3, density: 0.4, tensorKey: 123, model: 2 };
    const counts = new Uint8Array(length);
    countKept(of, start, counts);
    const limit = keepLimit(of.density);
    const expected = Array.from(counts, (_, i) =>
      [0, 1, 2].reduce((sum, draw) => sum + Number(isKept(limit, 7, draw, 123, 2, start + i)), 0),
    );
    expect([...counts]).toEqual(expected);
  });
});
