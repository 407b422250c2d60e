/** What must hold for every method, whatever its formula. */
import { describe, expect, test } from 'vitest';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { mergeTensor } from '../testing/merge-tensor.ts';
import { dialects, resolveArithmetic } from './dialect.ts';
import { formulaOf } from './formulas.ts';
import { defaultsOf, misfit } from './params.ts';
import { methods } from './registry.ts';

const backend = definitionBackend();
const base = [0.5, -1, 0.25, 2, 0, 1.5];
const expert = [1, -0.5, 0.25, -1, 0.125, 1];
/** Of these, copies of a model add up. */
const sums = ['magnitude_prune', 'consensus_ta'];
/** These take over some elements, and leave the others. */
const selections = ['arcee_fusion'];

for (const method of methods) {
  const usesBase = method.arity.base === 'required';
  const isSum = sums.includes(method.id);
  // What takes the model whole: NearSwap's t is a distance, that of SLERP a share.
  const t = method.arity.models[1] === 1 ? 1000 : 0.5;
  const everything = { lambda: 1, normalize: true, t, agreement: 1 };
  const hasDensity = 'density' in method.params.perModel;
  const models = (count: number) => {
    const [min, max] = method.arity.models;
    return Array.from({ length: Math.min(Math.max(count, min), max) }, () => expert);
  };
  const run = (of: readonly number[][], size = base.length) =>
    mergeTensor(backend, {
      method,
      models: of.map((model) => model.slice(0, size)),
      base: usesBase ? base.slice(0, size) : null,
      global: Object.fromEntries(
        Object.entries(everything).filter(([key]) => key in method.params.global),
      ),
      perModel: of.map(() => (hasDensity ? { density: 1 } : {})),
    });

  describe(method.title, () => {
    test('a single model, or copies of it, come back as they are', async () => {
      const copies = models(3);
      const merged = await run(copies);
      merged.forEach((value, i) => {
        if (selections.includes(method.id) && value === base[i]) return;
        const change = (expert[i] - base[i]) * (isSum ? copies.length : 1);
        expect(value).toBeCloseTo(usesBase ? base[i] + change : expert[i], 6);
      });
    });

    test('models equal to the base leave the base', async () => {
      const merged = await run(models(2).map(() => base));
      merged.forEach((value, i) => {
        expect(value).toBeCloseTo(base[i], 6);
      });
    });

    test('equal weights make the order of models meaningless', async () => {
      if (method.arity.models[1] < 2) return;
      const pair = [expert, [...expert].reverse()];
      // DARE’s noise is keyed by position, but density 1 keeps everything.
      expect([...(await run(pair))]).toEqual([...(await run([pair[1], pair[0]]))]);
    });

    if (method.weightedSum) {
      test.each([true, false])(
        'is the weighted sum that it says it is, normalised: %s',
        async (normalize) => {
          for (const weights of [
            [0.75, -0.5, 1.25],
            [0.5, 0.75, -0.25],
          ]) {
            const pool = [expert, [...expert].reverse(), base.map((value) => value * 2)];
            const global = { ...defaultsOf(method.params.global), lambda: 0.7, normalize };
            const perModel = weights.map((weight) => ({ weight }));
            const sum = method.weightedSum!({
              ...{ global, perModel, arithmetic: resolveArithmetic('paper', undefined, {}) },
              ...{
                hasBase: true,
                elementCount: base.length,
                shape: [base.length],
                roundSum: (value: number) => value,
              },
            });
            const merged = await mergeTensor(backend, {
              method,
              models: pool,
              base,
              global,
              perModel,
            });
            const by = (c: readonly number[]) =>
              base.map((value, i) =>
                c.reduce((all, each, k) => all + each * (pool[k][i] - value), value),
              );
            const distance = (values: readonly number[]) =>
              Math.max(...values.map((value, i) => Math.abs(value - merged[i])));
            if (sum) expect(distance(by(sum))).toBeLessThan(1e-5);
            else expect(distance(by(weights))).toBeGreaterThan(0.1);
          }
        },
      );
    }

    test('empty and one-element tensors are merged', async () => {
      expect((await run(models(2), 0)).length).toBe(0);
      const [value] = await run(models(2), 1);
      expect(value).toBeCloseTo(isSum ? 2 * expert[0] - base[0] : expert[0], 6);
    });

    test('has a formula, a summary, papers, and defaults that fit their own limits', () => {
      expect(formulaOf(method)).toContain('<math');
      expect(method.summary.length).toBeGreaterThan(20);
      expect(method.papers.every(({ url }) => url.startsWith('https://'))).toBe(true);
      for (const schema of [method.params.global, method.params.perModel]) {
        for (const [key, value] of Object.entries(defaultsOf(schema))) {
          expect(misfit(schema[key], value)).toBeNull();
        }
      }
      for (const dialect of dialects) {
        const { global = {}, perModel = {} } = method.dialectDefaults?.[dialect] ?? {};
        expect(Object.keys(method.params.global)).toEqual(
          expect.arrayContaining(Object.keys(global)),
        );
        expect(Object.keys(method.params.perModel)).toEqual(
          expect.arrayContaining(Object.keys(perModel)),
        );
      }
    });
  });
}
