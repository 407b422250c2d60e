import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { encoderOf } from '../../evaluate/encoder/architecture.ts';
import { Encoder } from '../../evaluate/encoder/encoder.ts';
import { CpuProcessor } from '../../evaluate/forward/cpu.ts';
import type { Weights } from '../../evaluate/forward/loading.ts';
import { cosine } from '../../evaluate/statistics/cosine.ts';
import { spearman } from '../../evaluate/statistics/spearman.ts';
import { type ExactTask, type PairTask, usualSplit } from '../../evaluate/tasks/task.ts';
import { f32, type TestTensor } from '../../testing/model-file.ts';
import { bertTokenizer, tinyEncoders } from '../../testing/tiny-encoder.ts';
import { openTokenModels } from '../../testing/tokens.ts';
import type { PlanOrder } from '../protocol.ts';
import { Evaluator } from './evaluator.ts';

const [{ config, shapes, weights }] = tinyEncoders;
const common = { id: 'own', title: 'Own', skill: 'own', split: usualSplit } as const;
const pairs: PairTask = {
  ...{ ...common, kind: 'pairs' },
  items: [
    { a: 'a b c', b: 'c b a', score: 5 },
    { a: 'd', b: 'e f g h i j k', score: 1 },
    { a: 'a b c', b: 'a b d', score: 3 },
    { a: 'l m n o', b: 'd', score: 0 },
  ],
};
const files = {
  'config.json': JSON.stringify({ ...config, model_type: 'bert' }),
  'tokenizer.json': bertTokenizer(),
  'modules.json': JSON.stringify(
    ['', '1_Pooling', '2_Normalize'].map((path) => ({
      ...{ path, type: `sentence_transformers.models.${path.slice(2) || 'Transformer'}` },
    })),
  ),
  '1_Pooling/config.json': JSON.stringify({ pooling_mode_mean_tokens: true }),
  'sentence_bert_config.json': JSON.stringify({ max_seq_length: 6 }),
};

/** The tiny encoder, with all weights times a factor. */
async function tensorsOf(factor: number): Promise<Record<string, TestTensor>> {
  const all: [string, TestTensor][] = [];
  for (const [name, shape] of shapes) {
    const values = [...(await weights.read(name))].map((x) => x * factor);
    all.push([name, f32(shape, values)]);
  }
  return Object.fromEntries(all);
}

/** Cosines of means of the last rows, of texts cut to six tokens. */
async function plainly(factor: number): Promise<readonly number[]> {
  const scaled: Weights = {
    ...weights,
    read: async (name) => (await weights.read(name)).map((x) => x * factor),
  };
  const encoder = await Encoder.load(encoderOf(config), scaled, new CpuProcessor());
  const idsOf = (text: string) => [
    2,
    ...[...text.replaceAll(' ', '')].map((letter) => letter.charCodeAt(0) - 93).slice(0, 4),
    3,
  ];
  const means: number[][] = [];
  const texts = pairs.items.flatMap(({ a, b }) => [idsOf(a), idsOf(b)]);
  const see = (_: number, rows: Float32Array) => {
    const sums = new Array<number>(32).fill(0);
    for (const [i, x] of rows.entries()) sums[i % 32] += x;
    means.push(sums);
  };
  await encoder.encode(texts, see, { signal: new AbortController().signal });
  return pairs.items.map((_, at) => cosine(means[2 * at], means[2 * at + 1]));
}

test('an encoder and a merge of encoders are scored on pairs, and say that they answer no prompts', async () => {
  const { library, plan } = await openTokenModels({
    one: { tensors: await tensorsOf(1), files },
    two: { tensors: await tensorsOf(0.5), files },
  });
  const planned = await plan(null, { method: 'linear', smallShare: 'merge anyway' });
  if (!('plan' in planned)) throw new Error(planned.findings.map((each) => each.message).join());
  const evaluator = new Evaluator(library, {
    plan: async () => planned.plan,
    acquire: async (budget) => ({
      backend: definitionBackend(),
      fallback: { renew: async () => null, cpu: definitionBackend },
      ...{ budget, release() {} },
    }),
  });
  const { signal } = new AbortController();
  const how = { part: 'all', most: null, what: 'score and loss', fetches: false } as const;
  const subjects = [
    [{ kind: 'model', model: 'one' }, 1],
    [{ kind: 'recipe', order: {} as PlanOrder }, 0.75],
  ] as const;
  for (const [subject, factor] of subjects) {
    const found = await evaluator.score(subject, { task: pairs, ...how }, signal, () => {});
    if ('toFetch' in found) throw new Error('Nothing is far away.');
    const wanted = await plainly(factor);
    for (const { item, score } of found.items) expect(score).toBeCloseTo(wanted[item], 6);
    expect(found.mean).toBe(
      spearman(
        wanted,
        pairs.items.map((item) => item.score),
      ),
    );
  }
  const prompts: ExactTask = {
    ...{ ...common, kind: 'exact', match: 'exact', stops: [] },
    items: [{ prompt: 'a', answer: 'b' }],
  };
  const [[one]] = subjects;
  const asked = evaluator.score(one, { task: prompts, ...how }, signal, () => {});
  await expect(asked).rejects.toThrow('one makes embeddings of texts: it answers no prompts');
});
