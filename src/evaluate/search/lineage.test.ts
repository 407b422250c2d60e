import { expect, test } from 'vitest';
import { lineageSection } from './lineage.ts';

const lineage = {
  how: 'CMA-ES over λ: 100 candidates',
  asked: 'up to 25 items of the search half of Sort | it',
  before: '1.2000 nats a token',
  after: '0.9000 nats a token',
  judged: [{ task: 'Sort | it', before: '80 %', after: '84 %', verdict: 'not told apart' }],
  verdict: 'It does not beat the recipe it began from.',
};

test('a model card tells what was tried, on which half, and the verdict of the other', () => {
  expect(lineageSection(lineage).split('\n')).toEqual([
    ...['## How the numbers were found', ''],
    'CMA-ES over λ: 100 candidates, on up to 25 items of the search half of Sort \\| it: 1.2000 nats a token → 0.9000 nats a token. The numbers were chosen for these items, so that says little of others.',
    ...['', 'It does not beat the recipe it began from.', ''],
    '| Held-out half | Begun from | Found | Verdict |',
    '| --- | --- | --- | --- |',
    '| Sort \\| it | 80 % | 84 % | not told apart |',
  ]);
});

test('a card of what was not judged says so', () => {
  const told = lineageSection({ ...lineage, before: null, judged: [], verdict: null });
  expect(told).toContain(': 0.9000 nats a token. The numbers');
  expect(told).toContain('not judged on the held-out half');
  expect(told).not.toContain('| Held-out');
});
