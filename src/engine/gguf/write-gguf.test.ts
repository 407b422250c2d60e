import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gguf } from '@huggingface/gguf';
import { describe, expect, test } from 'vitest';
import { type GgufType, ggufTypes } from '../../formats/gguf/types.ts';
import type { Source } from '../../io/source.ts';
import { demoFiles, demoSources } from '../../testing/demo-files.ts';
import golden from '../../testing/goldens/gguf.json';
import sentencepiece from '../../testing/goldens/sentencepiece.json';
import { type MemorySink, memorySink } from '../../testing/memory-sink.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { bf16, f32, modelFile, type TestTensor } from '../../testing/model-file.ts';
import { bertTokenizer, tinyEncoders } from '../../testing/tiny-encoder.ts';
import { inlineAuditor } from '../check/auditor.ts';
import { Library } from '../library/library.ts';
import { outlookOf, prepareGguf } from './prepare.ts';
import { writeGguf } from './write-gguf.ts';

type More = {
  readonly sink?: MemorySink;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
};

async function exported(name: string, sources: readonly Source[], type: GgufType, more: More = {}) {
  const { sink = memorySink(), signal = new AbortController().signal, progress = () => {} } = more;
  const library = new Library();
  const model = await library.open('m', name, sources);
  const plan = (await prepareGguf({ model, sources: library, name }))(type);
  const reading = { model: 'm', sources: library, budget: 2 ** 20, signal };
  const result = await writeGguf(plan, reading, { sink, auditor: inlineAuditor(), progress });
  return { result, bytes: sink.files.get(result.name)!, sink };
}

async function readBack(bytes: Uint8Array) {
  const folder = mkdtempSync(join(tmpdir(), 'gguf-'));
  try {
    const path = join(folder, 'it.gguf');
    writeFileSync(path, bytes);
    return await gguf(path, { allowLocalFile: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the demo', () => {
  test.each(ggufTypes)('as %s is, byte for byte, the file of gguf-py', async (type) => {
    const { result, bytes } = await exported('reverse', demoSources('reverse'), type);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect({ bytes: bytes.length, sha256 }).toEqual(golden.demo[type]);
    expect(result).toMatchObject({ name: `reverse-${type}.gguf`, sha256, remarks: [] });
  });

  test('in two files is read by another reader with all its keys and shapes', async () => {
    const { bytes } = await exported('base', demoSources('base'), 'Q8_0');
    const { metadata, tensorInfos } = await readBack(bytes);
    expect(metadata).toMatchObject({
      'general.architecture': 'llama',
      'llama.block_count': 4,
      'llama.attention.head_count_kv': 2,
      'llama.rope.freq_base': 10_000,
      'tokenizer.ggml.pre': 'gpt-2',
      'tokenizer.ggml.bos_token_id': 1,
      'tokenizer.ggml.add_bos_token': true,
    });
    const down = tensorInfos.find(({ name }) => name === 'blk.3.ffn_down.weight')!;
    expect(down.shape).toEqual([400n, 128n]);
    expect(down.dtype).toBe(1); // F16: 400 is no whole number of blocks
    expect(tensorInfos.some(({ name }) => name === 'output.weight')).toBe(false);
    expect(tensorInfos).toHaveLength(38);
  });

  test('tells its size in every type before it is written', async () => {
    const library = new Library();
    const model = await library.open('m', 'reverse', demoSources('reverse'));
    const outlook = outlookOf(await prepareGguf({ model, sources: library, name: 'reverse' }));
    expect(outlook).toMatchObject({ architecture: 'llama', tensors: 38, keptInF16: 4 });
    const told = Object.fromEntries(outlook.sizes.map(({ type, bytes }) => [type, bytes]));
    const sizes = Object.entries(golden.demo).map(([type, { bytes }]) => [type, bytes]);
    expect(told).toEqual(Object.fromEntries(sizes));
  });

  test('is counted to twice its size: written, and read back', async () => {
    const told: number[] = [];
    const progress = (done: number, total: number) => told.push(done / total);
    await exported('reverse', demoSources('reverse'), 'F16', { progress });
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });
});

describe('a folder of sentence-transformers', () => {
  const [{ config, shapes, weights }] = tinyEncoders;
  const files = {
    'config.json': JSON.stringify(config),
    'tokenizer.json': bertTokenizer(golden.bert.tokens),
    'modules.json': JSON.stringify(
      ['', '1_Pooling', '2_Normalize'].map((path) => ({
        ...{ path, type: `sentence_transformers.models.${path.slice(2) || 'Transformer'}` },
      })),
    ),
    '1_Pooling/config.json': JSON.stringify({ pooling_mode_mean_tokens: true }),
  };
  async function sources() {
    const tensors: Record<string, TestTensor> = {};
    for (const [name, shape] of shapes) tensors[name] = f32(shape, [...(await weights.read(name))]);
    const encoder = new TextEncoder();
    return [
      ...Object.entries(files).map(([name, text]) => memorySource(name, encoder.encode(text))),
      memorySource('model.safetensors', modelFile(tensors)),
    ];
  }

  test.each(ggufTypes)('as %s is, byte for byte, the file of gguf-py', async (type) => {
    const { bytes } = await exported('bert', await sources(), type);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect({ bytes: bytes.length, sha256 }).toEqual(golden.bert[type]);
  });

  test('is read by another reader, with its pooling', async () => {
    const { bytes } = await exported('bert', await sources(), 'F16');
    const { metadata, tensorInfos } = await readBack(bytes);
    expect(metadata).toMatchObject({
      'general.architecture': 'bert',
      'bert.attention.causal': false,
      'bert.pooling_type': 1,
      'tokenizer.ggml.model': 'bert',
      'tokenizer.ggml.token_type_count': 2,
      'tokenizer.ggml.seperator_token_id': 3,
    });
    expect(tensorInfos).toHaveLength(shapes.size);
  });
});

/** The demo's small files beside other weights. */
function like(tensors: Readonly<Record<string, TestTensor>>, config: object) {
  const files = new Map(demoFiles('reverse'));
  const old = JSON.parse(new TextDecoder().decode(files.get('config.json')!));
  const text = JSON.stringify({ ...old, ...config });
  files.set('config.json', new TextEncoder().encode(text));
  files.set('model.safetensors', modelFile(tensors));
  return [...files].map(([name, bytes]) => memorySource(name, bytes));
}

const tiny = {
  ...{ num_hidden_layers: 1, hidden_size: 32, intermediate_size: 32 },
  ...{ num_attention_heads: 2, num_key_value_heads: 1, head_dim: 16 },
};
const square = (rows = 32) => f32([rows, 32]);
const tinyTensors = {
  'model.embed_tokens.weight': f32([45, 32]),
  'model.layers.0.input_layernorm.weight': bf16([32]),
  'model.layers.0.self_attn.q_proj.weight': square(),
  'model.layers.0.self_attn.k_proj.weight': square(16),
  'model.layers.0.self_attn.v_proj.weight': square(16),
  'model.layers.0.self_attn.o_proj.weight': square(),
  'model.layers.0.post_attention_layernorm.weight': f32([32]),
  'model.layers.0.mlp.gate_proj.weight': square(),
  'model.layers.0.mlp.up_proj.weight': square(),
  'model.layers.0.mlp.down_proj.weight': square(),
  'model.norm.weight': f32([32]),
};

/** Multiples of 1/64 from -2 to 2, as tools/goldens/sentencepiece_files.py makes them. */
function golden64(place: number, shape: readonly number[]): TestTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const value = (k: number) => (((k * 7 + place * 13) % 257) - 128) / 64;
  return f32(
    shape,
    Array.from({ length: count }, (_, k) => value(k)),
  );
}

test.each(['llama', 'gemma3'] as const)(
  'a small %s with a vocabulary of SentencePiece is, byte for byte, the file of gguf-py',
  async (kind) => {
    const { config, shapes, model, tokenizer, tokenizerConfig, file } = sentencepiece[kind];
    const tensors = Object.entries(shapes).map(([name, shape], place) => [
      name,
      golden64(place, shape),
    ]);
    const text = (content: string) => new TextEncoder().encode(content);
    const files: Record<string, Uint8Array<ArrayBuffer>> = {
      'config.json': text(JSON.stringify(config)),
      'model.safetensors': modelFile(Object.fromEntries(tensors)),
      'tokenizer.model': Uint8Array.from(Buffer.from(model, 'base64')),
      'tokenizer.json': text(tokenizer),
      'tokenizer_config.json': text(tokenizerConfig),
    };
    const sources = Object.entries(files).map(([name, bytes]) => memorySource(name, bytes));
    const { bytes } = await exported(kind, sources, 'F16');
    const { metadata } = await readBack(bytes);
    expect(metadata).toMatchObject({
      'general.architecture': kind,
      'tokenizer.ggml.model': 'llama',
      'tokenizer.ggml.add_space_prefix': kind === 'llama',
    });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect({ bytes: bytes.length, sha256 }).toEqual(file);
  },
);

test('the scaling of Llama 3.1 is a tensor of factors', async () => {
  const rope_parameters = {
    ...{ rope_type: 'llama3', rope_theta: 500_000, factor: 8 },
    ...{ low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 },
  };
  const { bytes } = await exported('m', like(tinyTensors, { ...tiny, rope_parameters }), 'F16');
  const { tensorInfos, tensorDataOffset } = await readBack(bytes);
  expect(tensorInfos[0]).toMatchObject({ name: 'rope_freqs.weight', shape: [8n], dtype: 0 });
  const begin = Number(tensorDataOffset);
  const factors = new Float32Array(bytes.slice(begin, begin + 32).buffer);
  // Waves of 6 to 862 positions are short, those of 22,911 to 609,231 long, and 4,443 lies between 2,048 and 8,192.
  expect([...factors.subarray(0, 5)]).toEqual([1, 1, 1, 1, expect.closeTo(2.6945, 4)]);
  expect([...factors.subarray(5)]).toEqual([8, 8, 8]);
});

test('NaN is refused in blocks of Q8_0, and told of in F16', async () => {
  const weights = { ...tinyTensors, 'model.layers.0.mlp.up_proj.weight': f32([32, 32], [1, NaN]) };
  const sink = memorySink();
  await expect(exported('m', like(weights, tiny), 'Q8_0', { sink })).rejects.toThrow(
    /mlp\.up_proj\.weight.*512 values that are NaN.*F16/s,
  );
  expect(sink.state()).toBe('aborted');
  const { result } = await exported('m', like(weights, tiny), 'F16');
  expect(result.remarks).toEqual(['blk.0.ffn_up.weight: 512 values are NaN or infinite']);
});

test('what cannot be written, or is cancelled, leaves nothing behind', async () => {
  const full = memorySink({ failAt: 300_000 });
  const sources = demoSources('reverse');
  await expect(exported('reverse', sources, 'F16', { sink: full })).rejects.toThrow(
    /Writing.*blk\.|Writing.*token_embd/,
  );
  expect(full.state()).toBe('aborted');

  const sink = memorySink();
  const stop = new AbortController();
  const progress = (done: number) => done > 300_000 && stop.abort();
  const cancelled = exported('reverse', sources, 'F16', { sink, signal: stop.signal, progress });
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  expect(sink.state()).toBe('aborted');
  expect(sink.files.size).toBe(0);
});
