import { describe, expect, test } from 'vitest';
import { constantsFrom, formulaModule, link } from '../compute/shaders/link.ts';
import { sumKinds } from '../compute/shaders/structs.ts';
import { unpack } from '../methods/coefficients.ts';
import { methods } from '../methods/registry.ts';
import { floatDtypes } from '../numerics/dtype.ts';
import { compileShader, compileSum } from './compile.ts';

const codes = floatDtypes.map((_, code) => code);
const MIXED = codes.length;
const ONE_BY_ONE = { THREADS: 1, MAP_THREADS: 1, SLAB_TURNS: 2048, GUARDED: 0 };

function compiled(
  shader: string,
  formula: string | undefined,
  overrides: Record<string, number>,
  list?: string,
): Uint8Array<ArrayBuffer> {
  const { code, origins } = link(shader, formula);
  const where = (line: number) => `${origins[line - 1].file}:${origins[line - 1].line}`;
  const dtypes = Array.from({ length: 4 }, (_, k) =>
    overrides.DTYPE === MIXED ? k : overrides.DTYPE,
  );
  const known = { planes: dtypes.flatMap((dtype, k) => [dtype, k]) };
  const options = { overrides: { ...ONE_BY_ONE, ...overrides }, known, where };
  return (list ? compileSum(code, list, options) : compileShader(code, options)).bytes;
}

const valid = (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.validate(bytes);

const all = methods.map(({ id, receives }, turn) => [formulaModule(id), receives, turn] as const);

/** A formula sees f32: outputs and working dtypes take turns, so that each of two choices meets each of the other. */
describe.each(all)('map with %s', (formula, receives, turn) => {
  const rules = constantsFrom(formula, unpack({ receives }, new Array<number>(32).fill(1)));
  test.each([...codes, MIXED])('compiles for dtype %i', (dtype) => {
    const variant = {
      ...{ DTYPE: dtype, OUTPUT: (dtype + turn) % codes.length, WORK: (dtype + 2 * turn) % 3 },
      ...{ MODELS: 3, HAS_BASE: 1 },
    };
    expect(valid(compiled('map', formula, { ...rules, ...variant }))).toBe(true);
  });
});

test.each([...codes, MIXED])('a map compiles for dtype %i, every output and work', (dtype) => {
  for (const output of codes) {
    for (const work of [0, 1, 2]) {
      const variant = { DTYPE: dtype, OUTPUT: output, WORK: work, MODELS: 3, HAS_BASE: 1 };
      expect(valid(compiled('map', formulaModule('linear'), variant))).toBe(true);
    }
  }
});

test.each(['sample', 'select'])('%s compiles for every dtype and working dtype', (shader) => {
  for (const dtype of [...codes, MIXED]) {
    const variant = { DTYPE: dtype, WORK: dtype % 3, MODELS: 3, HAS_BASE: 1 };
    expect(valid(compiled(shader, undefined, variant))).toBe(true);
  }
});

test.each(sumKinds.map((name, kind) => [name, kind] as const))('the sum %s compiles', (_, kind) => {
  for (const dtype of [...codes, MIXED]) {
    const variant = { DTYPE: dtype, WORK: dtype % 3, MODELS: 3, HAS_BASE: 1, KIND: kind };
    expect(valid(compiled('reduce', undefined, variant, 'sums'))).toBe(true);
    expect(valid(compiled('reduce', undefined, variant))).toBe(true);
  }
});

test('a compiled map is small: ways not taken, and guards, are gone', () => {
  const variant = { DTYPE: 2, OUTPUT: 2, MODELS: 3, HAS_BASE: 1 };
  expect(compiled('map', formulaModule('linear'), variant).length).toBeLessThan(2000);
});
