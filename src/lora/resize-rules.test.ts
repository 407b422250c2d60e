import { describe, expect, test } from 'vitest';
import { type ResizeRule, rankByRule } from './resize-rules.ts';

const spectrum = Float64Array.of(8, 4, 2, 1, 0.5, 0.25);

test.each<[ResizeRule, number]>([
  [{ kind: 'sv_cumulative', share: 0.5 }, 2],
  [{ kind: 'sv_cumulative', share: 0.9 }, 5],
  [{ kind: 'sv_cumulative', share: 0.99 }, 6],
  [{ kind: 'sv_fro', share: 0.5 }, 2],
  [{ kind: 'sv_fro', share: 0.9 }, 3],
  [{ kind: 'sv_fro', share: 0.99 }, 4],
  [{ kind: 'sv_ratio', ratio: 2 }, 2],
  [{ kind: 'sv_ratio', ratio: 5 }, 4],
  [{ kind: 'sv_ratio', ratio: 20 }, 6],
  // PEFT keeps no value more than it needs: 64 and 16 of 85.3.
  [{ kind: 'energy', share: 0.9 }, 2],
  [{ kind: 'rank' }, 6],
])('%o keeps %i of 8, 4, 2, 1, ½, ¼', (rule, rank) => {
  expect(rankByRule(spectrum, rule, 100)).toBe(rank);
  expect(rankByRule(spectrum, rule, 1)).toBe(1);
  expect(rankByRule(spectrum, rule, 3)).toBe(Math.min(3, rank));
});

describe('a module', () => {
  const rules: readonly ResizeRule[] = [
    { kind: 'energy', share: 0.9 },
    { kind: 'sv_cumulative', share: 0.9 },
    { kind: 'sv_fro', share: 0.9 },
    { kind: 'sv_ratio', ratio: 20 },
  ];
  test.each(rules)('that is zero, or empty, gets rank 1 by $kind', (rule) => {
    expect(rankByRule(new Float64Array(5), rule, 4)).toBe(1);
    expect(rankByRule(new Float64Array(0), rule, 4)).toBe(1);
  });
  test('that was hardly trained gets rank 1 by the rules of sd-scripts', () => {
    const tiny = Float64Array.of(1e-6, 1e-6, 1e-6, 1e-6);
    expect(rules.map((rule) => rankByRule(tiny, rule, 4))).toEqual([4, 1, 1, 1]);
    const alive = Float64Array.of(2e-6, 2e-6, 2e-6, 2e-6);
    expect(rules.map((rule) => rankByRule(alive, rule, 4))).toEqual([4, 4, 4, 4]);
  });
  test('of one singular value gets rank 1', () => {
    expect(rules.map((rule) => rankByRule(Float64Array.of(3), rule, 4))).toEqual([1, 1, 1, 1]);
  });
});

test('parameters that mean nothing are refused', () => {
  const refused = (rule: ResizeRule) => expect(() => rankByRule(spectrum, rule, 4));
  refused({ kind: 'sv_cumulative', share: 0 }).toThrow('not 0');
  refused({ kind: 'sv_fro', share: 1.5 }).toThrow('not 1.5');
  refused({ kind: 'sv_ratio', ratio: -1 }).toThrow('not -1');
  refused({ kind: 'energy', share: Number.NaN }).toThrow('not NaN');
  expect(() => rankByRule(spectrum, { kind: 'rank' }, 0)).toThrow('whole number from 1 on');
});

describe('where only the largest values are known', () => {
  const known = spectrum.slice(0, 3);
  const all = { energy: 85.3125, count: 6 };
  test('shares of the energy are of all of it, and too little is all that is known', () => {
    const rank = (share: number) => rankByRule(known, { kind: 'energy', share }, 100, all);
    expect([0.75, 0.9, 0.98, 0.999].map(rank)).toEqual([1, 2, 3, 3]);
    expect(rankByRule(known, { kind: 'sv_fro', share: 0.5 }, 100, all)).toBe(2);
    expect(rankByRule(known, { kind: 'sv_fro', share: 0.99 }, 100, all)).toBe(3);
  });
  test('Σσ is taken as large as it can be, so that no less is kept than was asked for', () => {
    // 14 are known, and three whose squares sum to 1.3125 sum to √3.9375 = 1.984 at most: 12 of 15.984.
    const rank = (share: number) => rankByRule(known, { kind: 'sv_cumulative', share }, 100, all);
    expect([0.5, 0.75, 0.76].map(rank)).toEqual([2, 3, 3]);
    expect(rank(0.5)).toBe(rankByRule(spectrum, { kind: 'sv_cumulative', share: 0.5 }, 100));
  });
});
