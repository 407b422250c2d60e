import { expect, test } from 'vitest';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { mergeTensor } from '../testing/merge-tensor.ts';
import { bandOf } from './band.ts';
import breadcrumbs from './breadcrumbs/index.ts';
import { resolveArithmetic } from './dialect.ts';
import ram from './ram/index.ts';

const backend = definitionBackend();
const arithmetic = resolveArithmetic('paper', undefined, {});
const band = (density: number, gamma: number, elementCount: number) => {
  const own = { weight: 1, density, gamma };
  const call = { perModel: [own], arithmetic, elementCount, roundSum: Math.fround };
  return bandOf(own, call);
};

test('a band leaves out the largest by γ, and keeps as many as its density says', () => {
  expect(band(0.5, 0.1, 100)).toEqual({ from: 10, to: 60 });
  // Where both do not fit, fewer outliers are dropped.
  expect(band(0.8, 0.5, 100)).toEqual({ from: 20, to: 100 });
  // At density 1 there are no outliers.
  expect(band(1, 0.5, 100)).toEqual({ from: 0, to: 100 });
  // A tensor too small for an outlier keeps its largest.
  expect(band(0.5, 0.01, 10)).toEqual({ from: 0, to: 5 });
  expect(band(0, 0.5, 10)).toEqual({ from: 5, to: 5 });
  expect(band(0.5, 0.5, 0)).toEqual({ from: 0, to: 0 });
});

const run = (models: number[][], change: Record<string, number>) =>
  mergeTensor(backend, {
    ...{ method: breadcrumbs, models, base: models[0].map(() => 0) },
    ...{ global: { lambda: 1 }, perModel: models.map(() => change) },
  });

test('the middle of the magnitudes is kept, of equal ones the first counts as the larger', async () => {
  const model = [1, -5, 3, 2, -4];
  expect([...(await run([model], { density: 0.4, gamma: 0.2 }))]).toEqual([0, 0, 3, 0, -4]);
  const equal = [2, 2, 2, 2, 2];
  expect([...(await run([equal], { density: 0.4, gamma: 0.2 }))]).toEqual([0, 2, 2, 0, 0]);
});

test('where norms are matched, what is kept makes up for both ends', async () => {
  const [first] = [[1, -5, 3, 2, -4]];
  const merged = await mergeTensor(backend, {
    ...{ method: breadcrumbs, models: [first], base: [0, 0, 0, 0, 0], global: { lambda: 1 } },
    ...{ perModel: [{ density: 0.4, gamma: 0.2 }], arithmetic: { trimRescale: 'l1' as const } },
  });
  // 15 over 3 + 4.
  const scale = Math.fround(15 / 7);
  expect([...merged]).toEqual([0, 0, Math.fround(3 * scale), 0, Math.fround(-4 * scale)]);
});

test('a change of NaN stays, so that it shows', async () => {
  const merged = await run([[Number.NaN, 1, 2, 3]], { density: 0.5, gamma: 0.25 });
  expect(merged[0]).toBeNaN();
});

test('RAM adds what one model changes in full, and averages what two change', async () => {
  const models = [
    [1, 0, 4, 0.25],
    [0, 0, 2, -0.125],
  ];
  const merged = (epsilon: number) =>
    mergeTensor(backend, { method: ram, models, base: [0, 0, 0, 0], global: { epsilon } });
  expect([...(await merged(0.01))]).toEqual([1, 0, 3, 0.0625]);
  // A change of no more than ε is none.
  expect([...(await merged(0.125))]).toEqual([1, 0, 3, 0.25]);
});
