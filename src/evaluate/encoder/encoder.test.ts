import { describe, expect, test } from 'vitest';
import { farthest } from '../../testing/forward-steps.ts';
import { bertTokenizer, encoderTexts, tinyEncoders } from '../../testing/tiny-encoder.ts';
import { CpuProcessor } from '../forward/cpu.ts';
import type { Weights } from '../forward/loading.ts';
import { encoderOf } from './architecture.ts';
import { encoderEmbedder } from './embedder.ts';
import { Encoder } from './encoder.ts';
import { idsBy } from './ids.ts';

const { signal } = new AbortController();

const loaded = (config: Readonly<Record<string, unknown>>, weights: Weights) =>
  Encoder.load(encoderOf(config), weights, new CpuProcessor());

/** The last rows of all texts, as one list of numbers for each text. */
async function rowsOf(encoder: Encoder, texts: readonly (readonly number[])[]) {
  const found: number[][] = texts.map(() => []);
  await encoder.encode(texts, (at, rows) => found[at].push(...rows), { signal });
  return found;
}

describe.each(tinyEncoders)('$config.architectures', ({ config, weights, rows }) => {
  test('has the rows of transformers for texts of different lengths, run together', async () => {
    const encoder = await loaded(config, weights);
    const { hidden } = encoder.architecture;
    for (const [at, made] of (await rowsOf(encoder, encoderTexts)).entries()) {
      expect(made).toHaveLength(encoderTexts[at].length * hidden);
      const third = made.filter((_, i) => Math.floor(i / hidden) % 3 === 0);
      expect(farthest(third, rows[at].flat())).toBeLessThan(2e-6);
    }
  });

  test('has the same rows for a text alone, beside others, and of a single token', async () => {
    const encoder = await loaded(config, weights);
    const texts = [[4], ...encoderTexts, [4], Array.from({ length: encoder.mostTokens }, () => 7)];
    const together = await rowsOf(encoder, texts);
    for (const [at, ids] of texts.entries()) {
      const [alone] = await rowsOf(encoder, [ids]);
      expect(farthest(alone, together[at])).toBeLessThan(1e-6);
    }
  });

  test('refuses what is too long, empty, or no token of its own', async () => {
    const encoder = await loaded(config, weights);
    const long = Array.from({ length: encoder.mostTokens + 1 }, () => 5);
    await expect(rowsOf(encoder, [long])).rejects.toThrow(`where 1 to ${encoder.mostTokens} fit`);
    await expect(rowsOf(encoder, [[]])).rejects.toThrow('A text of 0 tokens');
    await expect(rowsOf(encoder, [[2, 19]])).rejects.toThrow('Token 19 is beyond the 19 rows');
  });
});

test('reads weights beside a head, and norms in the words of TensorFlow', async () => {
  const [{ config, weights }] = tinyEncoders;
  const renamed: Weights = {
    shape: (name) => (name.startsWith('bert.') ? weights.shape(plain(name)) : null),
    read: (name) => weights.read(plain(name)),
  };
  const plain = (name: string) =>
    name
      .slice('bert.'.length)
      .replace('LayerNorm.gamma', 'LayerNorm.weight')
      .replace('LayerNorm.beta', 'LayerNorm.bias');
  const made = await rowsOf(await loaded(config, renamed), encoderTexts);
  expect(made).toEqual(await rowsOf(await loaded(config, weights), encoderTexts));
});

test('names the tensor that is missing, or has another shape', async () => {
  const [{ config, weights }] = tinyEncoders;
  const without = (name: string, shape: readonly number[] | null): Weights => ({
    ...weights,
    shape: (each) => (each === name ? shape : weights.shape(each)),
  });
  const key = 'encoder.layer.1.attention.self.key.bias';
  await expect(loaded(config, without(key, null))).rejects.toThrow(
    `${key} is missing; config.json makes it [32].`,
  );
  await expect(loaded(config, without(key, [31]))).rejects.toThrow('has the shape [31]');
});

test.each([
  [{ architectures: ['MPNetModel'] }, 'MPNetModel cannot be run here. Of encoders, BertModel'],
  [{ hidden_act: 'relu' }, 'hidden_act = "relu"'],
  [{ position_embedding_type: 'relative_key' }, 'position_embedding_type = "relative_key"'],
  [{ is_decoder: true }, 'is_decoder = true'],
  [{ num_attention_heads: 16 }, 'num_attention_heads = 16'],
])('refuses %o by name', (change, message) => {
  expect(() => encoderOf({ ...tinyEncoders[0].config, ...change })).toThrow(message);
});

describe('texts', () => {
  test('are cut inside of what the tokenizer puts around them', async () => {
    const ids = await idsBy(JSON.parse(bertTokenizer()));
    expect(ids('a B c d', 16)).toEqual([2, 4, 5, 6, 7, 3]);
    expect(ids('a b c d', 6)).toEqual([2, 4, 5, 6, 7, 3]);
    expect(ids('a b c d', 5)).toEqual([2, 4, 5, 6, 3]);
    expect(ids('a b c d', 2)).toEqual([2, 3]);
    expect(ids('', 5)).toEqual([2, 3]);
  });

  test('get what stands before them, and are made vectors in turn', async () => {
    const [{ config, weights }] = tinyEncoders;
    const encoder = await loaded(config, weights);
    const ids = await idsBy(JSON.parse(bertTokenizer()));
    const first = (rows: Float32Array, hidden: number) => Float64Array.from(rows.slice(0, hidden));
    const embedder = (prompt: string) =>
      encoderEmbedder('tiny', encoder, first, { ids, most: 5, prompt });
    const done: number[] = [];
    const onProgress = (count: number) => done.push(count);
    const [short, long] = await embedder('').embed(['a b c', 'a b c d e f g'], {
      ...{ signal, onProgress },
    });
    expect(short).toEqual(long);
    expect(done).toEqual([2]);
    const [prompted] = await embedder('a ').embed(['b c'], { signal });
    expect(prompted).toEqual(short);
    const stopped = embedder('').embed(['a'], { signal: AbortSignal.abort(new Error('Enough.')) });
    await expect(stopped).rejects.toThrow('Enough.');
  });
});
