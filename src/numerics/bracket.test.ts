import { describe, expect, it } from 'vitest';
import { bracketFrom, collectBracketed, joinBracketed } from './bracket.ts';

const patternOf = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0];

describe('bracketFrom', () => {
  const sample = Float32Array.from({ length: 4096 }, (_, i) => (i % 2 === 0 ? i : -i));

  it('reaches five standard deviations to either side of the rank', () => {
    // Rank 1024 of 4096: five deviations are 138.6, and 8 more.
    const { low, high, pivot } = bracketFrom(sample, 25, 100);
    expect(pivot).toBe(patternOf(4096 - 1024));
    expect(high).toBe(patternOf(4096 - (1024 - 147)));
    expect(low).toBe(patternOf(4096 - (1024 + 147)));
  });

  it('is open towards an end that the sample cannot tell', () => {
    expect(bracketFrom(sample, 1, 1_000_000).high).toBe(0x7fffffff);
    expect(bracketFrom(sample, 999_999, 1_000_000).low).toBe(0);
  });

  it('leaves the sample as it is', () => {
    const copy = sample.slice();
    bracketFrom(copy, 1, 3);
    expect(copy).toEqual(sample);
  });
});

describe('collectBracketed', () => {
  const bracket = { low: patternOf(1), pivot: patternOf(2), high: patternOf(3) };

  it('counts what is above and at the ends and the pivot, and lists the rest inside', () => {
    const values = Float32Array.of(2, -1.5, 0, 1, 3, -4, 2.5, -2, 0.9, Number.NaN, -1);
    expect(collectBracketed(bracket, values)).toEqual({
      above: 2,
      counted: Uint32Array.of(1, 2, 2),
      stretch: 11,
      positions: Uint32Array.of(1, 6),
      patterns: Uint32Array.of(patternOf(1.5), patternOf(2.5)),
    });
  });

  it('counts a pattern once where ends and pivot are one', () => {
    const point = { low: bracket.pivot, pivot: bracket.pivot, high: bracket.pivot };
    const { above, counted } = collectBracketed(point, Float32Array.of(2, 1, -2, 3, 2));
    expect([above, ...counted]).toEqual([1, 3, 0, 0]);
  });

  it('joins stretches as one run', () => {
    const values = Float32Array.of(2, 1.5, 3, 2.5, 9);
    const parts = [0, 2, 4].map((i) => collectBracketed(bracket, values.subarray(i, i + 2)));
    expect(joinBracketed(parts, 2)).toEqual({
      above: 1,
      counted: Uint32Array.of(0, 1, 0, 1, 0, 0, 0, 0, 0),
      stretch: 2,
      positions: Uint32Array.of(1, 3),
      patterns: Uint32Array.of(patternOf(1.5), patternOf(2.5)),
    });
  });
});
