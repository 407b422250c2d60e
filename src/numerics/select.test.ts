import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect, MagnitudeSelect, selectMagnitude } from './select.ts';

/** The indices that a cut keeps. */
function keptBy(values: Float32Array, k: number): number[] {
  const { magnitude, lastIndex } = selectMagnitude(values, k);
  return [...values.keys()].filter((i) => {
    const size = Math.abs(values[i]);
    return size > magnitude || (size === magnitude && i <= lastIndex);
  });
}

/** The definition: sort by magnitude, the lower index first among equals, keep k. */
function keptBySorting(values: Float32Array, k: number): number[] {
  return [...values.keys()]
    .sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]) || a - b)
    .slice(0, k)
    .sort((a, b) => a - b);
}

const few = fc.constantFrom(0, -0, 1, -1, 1.0000001192092896, 1.5, -1.5, 1e-40, -1e-45, 3e38);
const finite = fc.float({ noNaN: true, noDefaultInfinity: true });

describe('selectMagnitude', () => {
  it.each([
    ['few distinct values', few],
    ['any finite values', finite],
  ])('keeps what sorting keeps, of %s', (_, value) => {
    const cases = fc
      .array(value, { maxLength: 60 })
      .chain((list) => fc.tuple(fc.constant(Float32Array.from(list)), fc.nat(list.length + 1)));
    fc.assert(
      fc.property(cases, ([values, k]) => {
        expect(keptBy(values, k)).toEqual(keptBySorting(values, k));
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same cut with a sample, however misleading', () => {
    const cases = fc.tuple(
      fc.array(few, { minLength: 1, maxLength: 60 }),
      fc.array(fc.oneof(few, finite), { maxLength: 30 }),
      fc.nat(60),
    );
    fc.assert(
      fc.property(cases, ([list, sample, k]) => {
        const values = Float32Array.from(list);
        expect(selectMagnitude(values, k, Float32Array.from(sample))).toEqual(
          selectMagnitude(values, k),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the lowest indices among equals', () => {
    const values = Float32Array.of(2, -2, 1, 2, -2, 3);
    expect(selectMagnitude(values, 3)).toEqual({ magnitude: 2, lastIndex: 1 });
    expect(selectMagnitude(values, 4)).toEqual({ magnitude: 2, lastIndex: 3 });
  });

  it('needs no index when all equals are kept', () => {
    expect(selectMagnitude(Float32Array.of(2, -2, 1, 3), 3)).toEqual({
      magnitude: 2,
      lastIndex: 3,
    });
  });

  it('keeps nothing for k = 0 and everything for k ≥ n', () => {
    const values = Float32Array.of(0, 5, Infinity);
    expect(selectMagnitude(values, 0)).toEqual({ magnitude: Infinity, lastIndex: -1 });
    expect(selectMagnitude(values, 3)).toEqual({ magnitude: 0, lastIndex: 2 });
    expect(selectMagnitude(values, 9)).toEqual({ magnitude: 0, lastIndex: 2 });
    expect(selectMagnitude(new Float32Array(0), 0)).toEqual({
      magnitude: Infinity,
      lastIndex: -1,
    });
  });

  it('counts NaN as largest, whatever its sign', () => {
    const values = Float32Array.of(1, Number.NaN, -3, -Number.NaN, Infinity);
    expect(selectMagnitude(values, 2).magnitude).toBeNaN();
    expect(selectMagnitude(values, 3)).toEqual({ magnitude: Infinity, lastIndex: 4 });
    expect(selectMagnitude(values, 4)).toEqual({ magnitude: 3, lastIndex: 4 });
  });
});

describe('MagnitudeSelect', () => {
  const spread = Float32Array.from({ length: 20_000 }, (_, i) => Math.sin(i * i));
  const everyTenth = spread.filter((_, i) => i % 10 === 0);

  it('needs one pass with a fair sample', () => {
    const select = new MagnitudeSelect(4000, spread.length, everyTenth);
    expect(select.pass?.kind).toBe('bracket');
    select.add(collect(select.pass!, spread), 0);
    select.finishPass();
    expect(select.pass).toBe(null);
    expect(select.cut).toEqual(selectMagnitude(spread, 4000));
  });

  it('looks for a tie only where it must lie', () => {
    const steps = spread.map((value) => Math.round(value * 4));
    const select = new MagnitudeSelect(9000, steps.length, steps.slice(0, 1000));
    const runs = [0, 5000, 10_000, 15_000];
    for (const start of runs) {
      select.add(collect(select.pass!, steps.subarray(start, start + 5000)), start);
    }
    select.finishPass();
    const { pass } = select;
    const { lastIndex } = selectMagnitude(steps, 9000);
    expect(pass).toMatchObject({ kind: 'ties', to: (pass as { from: number }).from + 5000 });
    const from = (pass as { from: number }).from;
    expect(lastIndex).toBeGreaterThanOrEqual(from);
    expect(lastIndex).toBeLessThan(from + 5000);
    select.add(collect(pass!, steps.subarray(from, from + 5000)), from);
    expect(select.cut).toEqual(selectMagnitude(steps, 9000));
  });

  it('takes histograms when a sample misled', () => {
    const select = new MagnitudeSelect(
      4000,
      spread.length,
      Float32Array.from({ length: 1000 }, (_, i) => 5 + i),
    );
    select.add(collect(select.pass!, spread), 0);
    select.finishPass();
    expect(select.pass?.kind).toBe('coarse');
  });

  it('gives the same cut however the values are cut into runs', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => ((i * 37) % 50) - 25);
    for (const size of [1, 7, 256, 1000]) {
      const select = new MagnitudeSelect(333, values.length);
      while (select.pass) {
        for (let start = 0; start < values.length; start += size) {
          if (!select.pass) break;
          select.add(collect(select.pass, values.subarray(start, start + size)), start);
        }
        select.finishPass();
      }
      expect(select.cut).toEqual(selectMagnitude(values, 333));
    }
  });

  it('refuses to answer before its passes are done', () => {
    expect(() => new MagnitudeSelect(1, 2).cut).toThrow('passes left');
  });

  it('says when it saw too few values', () => {
    const select = new MagnitudeSelect(2, 3);
    select.add(collect({ kind: 'coarse' }, Float32Array.of(1)), 0);
    expect(() => select.finishPass()).toThrow('fewer values');
  });

  it('says when the values changed between two passes', () => {
    const select = new MagnitudeSelect(1, 3);
    for (const kind of ['coarse', 'fine']) {
      expect(select.pass?.kind).toBe(kind);
      select.add(collect(select.pass!, Float32Array.of(1, 1, 1)), 0);
      select.finishPass();
    }
    select.add(collect(select.pass!, Float32Array.of(2, 2, 2)), 0);
    expect(() => select.finishPass()).toThrow('changed between');
  });
});
