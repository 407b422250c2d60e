import { describe, expect, test } from 'vitest';
import { tinyDecoders, tinyTexts } from '../../testing/tiny-decoder.ts';
import { architectureOf } from './architecture.ts';
import { continuations } from './continuation.ts';
import { CpuProcessor } from './cpu.ts';
import { Decoder } from './decoder.ts';
import { runsOf } from './groups.ts';
import { likelihoods, logProbabilityOf } from './likelihood.ts';
import type { Weights } from './loading.ts';

const { signal } = new AbortController();

const loaded = (config: Readonly<Record<string, unknown>>, weights: Weights) =>
  Decoder.load(architectureOf(config), weights, new CpuProcessor());

/** Logits of all tokens of all texts, run as one batch. */
async function logitsOf(decoder: Decoder, texts: readonly (readonly number[])[]) {
  const lengths = texts.map((ids) => ids.length);
  const count = lengths.reduce((sum, length) => sum + length, 0);
  const rows: number[][] = [];
  await decoder.batch(lengths, count, async (batch) => {
    await batch.grow(
      texts.map((ids, sequence) => ({ sequence, ids })),
      signal,
    );
    await batch.logits([...Array(count).keys()], (_, logits) => rows.push([...logits]), signal);
  });
  return lengths.map((length) => rows.splice(0, length));
}

/** The largest difference, as a part of the largest number. */
function worst(rows: readonly (readonly number[])[], wanted: readonly (readonly number[])[]) {
  expect(rows.map(({ length }) => length)).toEqual(wanted.map(({ length }) => length));
  const largest = Math.max(...wanted.flat().map(Math.abs));
  return Math.max(...rows.flat().map((x, i) => Math.abs(x - wanted.flat()[i]))) / largest;
}

describe.each(tinyDecoders)('$name', ({ config, weights, logits, greedy }) => {
  test('has the logits of transformers for a batch of texts of different lengths', async () => {
    const made = await logitsOf(await loaded(config, weights), tinyTexts);
    for (const [at, rows] of made.entries()) {
      expect(
        worst(
          rows.filter((_, row) => row % 3 === 0),
          logits[at],
        ),
      ).toBeLessThan(2e-6);
    }
  });

  test('continues as transformers does, several prompts at once', async () => {
    const decoder = await loaded(config, weights);
    const prompts = [tinyTexts[1], tinyTexts[0], tinyTexts[0].slice(0, 3)];
    const options = { maxTokens: greedy.length, ends: [], signal };
    const [first, second] = await continuations(decoder, prompts, options);
    expect(second).toEqual(greedy);
    expect(first).toEqual((await continuations(decoder, [prompts[0]], options))[0]);
  });
});

test('likelihoods are those of the logits, and of the asked tokens only', async () => {
  const [{ config, weights }] = tinyDecoders;
  const decoder = await loaded(config, weights);
  const rows = await logitsOf(decoder, tinyTexts);
  const texts = tinyTexts.map((ids, at) => ({ ids, first: at === 0 ? 4 : 1 }));
  const found = await likelihoods(decoder, texts, { signal });
  expect(found.map(({ length }) => length)).toEqual([7, 3]);
  for (const [at, { ids, first }] of texts.entries()) {
    for (const [i, value] of found[at].entries()) {
      const row = rows[at][first + i - 1];
      const sum = row.reduce((total, x) => total + Math.exp(x), 0);
      expect(value).toBeCloseTo(row[ids[first + i]] - Math.log(sum), 5);
    }
  }
});

test('a long text, taken in parts, is what it is as a whole beside another', async () => {
  const [{ config, weights }] = tinyDecoders;
  const decoder = await loaded(config, weights);
  const { vocabulary } = decoder.weights;
  const ids = Array.from({ length: 1100 }, (_, i) => (i * 7 + (i >> 5)) % vocabulary);
  const other = tinyTexts[0];
  expect(runsOf([ids.length])).toHaveLength(3);
  const [parts] = await likelihoods(decoder, [{ ids, first: 3 }], { signal });
  const both = [ids, other].map((each) => ({ ids: each, first: 3 }));
  const [whole] = await likelihoods(decoder, both, { signal });
  expect(parts).toHaveLength(1097);
  expect(parts).toEqual(whole);
  const options = { maxTokens: 5, ends: [], signal };
  const [alone] = await continuations(decoder, [ids], options);
  expect(alone).toEqual((await continuations(decoder, [ids, other], options))[0]);
});

test('the parts of a long text follow each other, and become shorter as there is more to look at', () => {
  const runs = runsOf([20_000]).map(([run]) => run);
  expect(runs.map(({ from }) => from)).toEqual([0, ...runs.map(({ to }) => to).slice(0, -1)]);
  expect(runs.at(-1)?.to).toBe(20_000);
  const sizes = runs.map(({ from, to }) => to - from);
  expect(sizes[0]).toBe(512);
  expect(sizes.at(-2)).toBe(52);
  expect(runsOf([300, 400])).toHaveLength(1);
});

test('log-probabilities of large logits do not overflow', () => {
  expect(logProbabilityOf(Float32Array.of(1000, 1000, -1000), 1)).toBeCloseTo(-Math.LN2, 12);
  expect(logProbabilityOf(Float32Array.of(1000, 0), 1)).toBe(-1000);
});
