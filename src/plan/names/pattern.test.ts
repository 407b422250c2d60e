import { describe, expect, test } from 'vitest';
import { catchIn, fill, patternOf } from './pattern.ts';

/** The name after `from` → `to`; null when `from` does not match. */
function renamed(name: string, from: string, to: string): string | null {
  const caught = catchIn(patternOf(from), name);
  return caught && fill(patternOf(to), caught);
}

describe('a pattern', () => {
  test.each([
    ['_orig_mod.model.norm.weight', '_orig_mod.*', '*', 'model.norm.weight'],
    ['norm.weight', '*', 'model.*', 'model.norm.weight'],
    ['a.LayerNorm.gamma', '*.gamma', '*.weight', 'a.LayerNorm.weight'],
    ['m.0._orig_mod.q._orig_mod.w', '*._orig_mod.*', '*.*', 'm.0.q._orig_mod.w'],
    ['bert.x.gamma', 'bert.*.gamma', '*.weight', 'x.weight'],
    ['lm_head.weight', 'lm_head.weight', 'head.weight', 'head.weight'],
    ['l.3.e.12.w1', '*.e.#.w1', '*.e.#.gate', 'l.3.e.12.gate'],
    ['l.3.e.12.w1', '*.#.w1', '*.#.x', 'l.3.e.12.x'],
    ['a.b', '*', '*', 'a.b'],
    ['', '*', '*', ''],
    ['$1.(x)', '*.(x)', '[*]', '[$1]'],
  ])('renames %s by %s → %s', (name, from, to, expected) => {
    expect(renamed(name, from, to)).toBe(expected);
  });

  test.each([
    ['model._orig_mod.x', '_orig_mod.*'],
    ['a.gammas', '*.gamma'],
    ['aXb', 'a.b'],
    ['ab', 'ab*ab'],
    ['e.x.w', 'e.#.w'],
    ['e.07.w', 'e.#.w'],
    ['abc', 'abcd'],
    ['x', ''],
  ])('does not find itself in %s: %s', (name, from) => {
    expect(catchIn(patternOf(from), name)).toBeNull();
  });

  test('each star takes as little as it can, the last one the rest', () => {
    expect(catchIn(patternOf('*.x.*'), 'a.x.b.x.c')).toEqual({
      stars: ['a', 'b.x.c'],
      number: null,
    });
  });

  test('of many stars on a long name needs no more than a moment', () => {
    const began = performance.now();
    expect(catchIn(patternOf(`${'a*'.repeat(40)}b`), 'a'.repeat(200_000))).toBeNull();
    expect(performance.now() - began).toBeLessThan(200);
  });
});
