import { expect, test } from 'vitest';
import type { Survival, Survived } from './survival.ts';
import { survivalSection } from './survival-card.ts';

const kept = (cosine: number | null, over: number | null) => ({
  ...{ cosines: [cosine, -0.25], ratios: [over, 2], norm: 3 },
  ...{ overAverage: 0.5, overBase: 0.0123, flipped: 0.001, unchanged: 0.2, beyondF16: 1200.4 },
});

const survival: Survival = {
  models: ['a', 'b|c'],
  elements: 2000,
  sampled: 2000,
  tensorsMerged: 9,
  tensorsSampled: 9,
  errors: { cosine: null, length: null },
  whole: kept(0.71, 0.8),
  groups: [{ name: 'mlp', ...kept(null, null) }],
  layers: [],
  tensors: { names: [], values: new Float64Array() },
};

test('a card has a table of the whole model and its groups, with names that Markdown cannot read', () => {
  const lines = survivalSection(survival).split('\n');
  expect(lines[0]).toBe('## What is left of each parent');
  expect(lines[2]).toContain('Measured at all merged elements.');
  expect(lines.slice(4)).toEqual([
    '|  | a | b\\|c | ÷ average | of base | signs flipped | beyond F16 |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    '| whole model | 0.71 (× 0.80) | -0.25 (× 2.00) | 0.50 | 1.2 % | 0.1 % | 1,200 |',
    '| mlp | – (× –) | -0.25 (× 2.00) | 0.50 | 1.2 % | 0.1 % | 1,200 |',
  ]);
});

test('a sample is called one, and many parents do not make a table of many columns', () => {
  const models = Array.from({ length: 20 }, (_, k) => `m${k}`);
  const all = (of: Survived) => ({
    ...of,
    cosines: models.map(() => 0.5),
    ratios: models.map(() => 1),
  });
  const whole = all(survival.whole);
  const section = survivalSection({ ...survival, models, whole, groups: [], sampled: 500 });
  expect(section).toContain(
    'Estimated from a sample: 500 of 2,000 merged elements, in 9 of 9 tensors.',
  );
  expect(section).toContain('| m5 | ÷ average |');
  expect(section).toContain('And 14 more parents:');
});
