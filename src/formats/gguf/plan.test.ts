import { describe, expect, test } from 'vitest';
import { type HeaderTensor, headerModel } from '../../testing/model.ts';
import { planGguf } from './plan.ts';
import type { Pooling } from './pooling.ts';

const layer = (at: number): Record<string, HeaderTensor> =>
  Object.fromEntries(
    [
      ['input_layernorm', [64]],
      ['self_attn.q_proj', [64, 64]],
      ['self_attn.k_proj', [32, 64]],
      ['self_attn.v_proj', [32, 64]],
      ['self_attn.o_proj', [64, 64]],
      ['post_attention_layernorm', [64]],
      ['mlp.gate_proj', [96, 64]],
      ['mlp.up_proj', [96, 64]],
      ['mlp.down_proj', [64, 96]],
    ].map(([stem, shape]) => [
      `model.layers.${at}.${stem}.weight`,
      ['BF16', shape as readonly number[]] as const,
    ]),
  );
const tensors: Record<string, HeaderTensor> = {
  'model.embed_tokens.weight': ['BF16', [100, 64]],
  ...layer(0),
  ...layer(1),
  'model.norm.weight': ['BF16', [64]],
};
const config = {
  ...{ architectures: ['LlamaForCausalLM'], model_type: 'llama', tie_word_embeddings: true },
  ...{ hidden_size: 64, intermediate_size: 96, num_hidden_layers: 2, vocab_size: 100 },
  ...{ num_attention_heads: 4, num_key_value_heads: 2, max_position_embeddings: 128 },
  ...{ rms_norm_eps: 1e-6, rope_theta: 10_000 },
};

function plan(over: object = {}, more: Record<string, HeaderTensor> = {}, without = '') {
  const all = Object.entries({ ...tensors, ...more }).filter(([name]) => name !== without);
  const model = headerModel('m', Object.fromEntries(all), { config: { ...config, ...over } });
  return planGguf({ ...model, pooling: null }, [], 'Q8_0');
}

/** What becomes of a tensor: its name in the file, its type and its change. */
function became({ tensors: jobs }: ReturnType<typeof plan>, source: string) {
  const job = jobs.find((each) => 'source' in each && each.source.name === source);
  return job && 'source' in job ? [job.name, job.type, job.change] : null;
}

describe('Llama', () => {
  test('has q and k put in another order, each by its own heads', () => {
    const made = plan();
    const name = (stem: string) => `model.layers.1.self_attn.${stem}.weight`;
    const interleave = (heads: number) => ({ kind: 'interleave', heads });
    expect(became(made, name('q_proj'))).toEqual(['blk.1.attn_q.weight', 'Q8_0', interleave(4)]);
    expect(became(made, name('k_proj'))).toEqual(['blk.1.attn_k.weight', 'Q8_0', interleave(2)]);
    expect(became(made, name('v_proj'))![2]).toEqual({ kind: 'none' });
    expect(became(made, 'model.norm.weight')!.slice(0, 2)).toEqual(['output_norm.weight', 'F32']);
  });

  test('places every tensor at a multiple of 32, one after the other, before a byte is written', () => {
    const { tensors: jobs, header, size } = plan();
    let end = header.length;
    for (const { at, bytes } of jobs) {
      expect(at % 32).toBe(0);
      expect(at).toBeGreaterThanOrEqual(end);
      expect(at - end).toBeLessThan(32);
      end = at + bytes;
    }
    expect(size - end).toBeLessThan(32);
  });

  test('leaves out a head that is the embedding, and wants one that is not', () => {
    const head: Record<string, HeaderTensor> = { 'lm_head.weight': ['BF16', [100, 64]] };
    expect(became(plan({}, head), 'lm_head.weight')).toBeNull();
    const untied = { tie_word_embeddings: false };
    expect(became(plan(untied, head), 'lm_head.weight')![0]).toBe('output.weight');
    expect(() => plan(untied)).toThrow(/nothing for “output\.weight”/);
  });

  test('says where a window is not kept', () => {
    const mistral = { architectures: ['MistralForCausalLM'], sliding_window: 64 };
    expect(plan(mistral).remarks[0]).toMatch(/"sliding_window" is 64/);
    expect(plan().remarks).toEqual([]);
  });
});

describe('Qwen', () => {
  const biases = (at: number): Record<string, HeaderTensor> => ({
    [`model.layers.${at}.self_attn.q_proj.bias`]: ['BF16', [64]],
    [`model.layers.${at}.self_attn.k_proj.bias`]: ['BF16', [32]],
    [`model.layers.${at}.self_attn.v_proj.bias`]: ['BF16', [32]],
  });
  const norms = (at: number): Record<string, HeaderTensor> => ({
    [`model.layers.${at}.self_attn.q_norm.weight`]: ['BF16', [16]],
    [`model.layers.${at}.self_attn.k_norm.weight`]: ['BF16', [16]],
  });

  test('2 has biases, in F32, and keeps the order of its rows', () => {
    const made = plan({ architectures: ['Qwen2ForCausalLM'] }, { ...biases(0), ...biases(1) });
    expect(made.architecture).toBe('qwen2');
    const q = 'model.layers.0.self_attn.q_proj';
    expect(became(made, `${q}.bias`)).toEqual(['blk.0.attn_q.bias', 'F32', { kind: 'none' }]);
    expect(became(made, `${q}.weight`)![2]).toEqual({ kind: 'none' });
  });

  test('3 has norms of q and k', () => {
    const made = plan({ architectures: ['Qwen3ForCausalLM'] }, { ...norms(0), ...norms(1) });
    const name = 'model.layers.1.self_attn.k_norm.weight';
    expect(became(made, name)!.slice(0, 2)).toEqual(['blk.1.attn_k_norm.weight', 'F32']);
  });

  test('each is refused without what it has, and with what the other has', () => {
    expect(() => plan({ architectures: ['Qwen2ForCausalLM'] })).toThrow(/“blk\.0\.attn_q\.bias”/);
    const both = { ...biases(0), ...biases(1), ...norms(0) };
    expect(() => plan({ architectures: ['Qwen2ForCausalLM'] }, both)).toThrow(
      /q_norm\.weight": found a tensor that “qwen2” does not have/,
    );
  });
});

describe('GPT-2', () => {
  const gpt2 = {
    ...{ architectures: ['GPT2LMHeadModel'], model_type: 'gpt2' },
    ...{ n_embd: 64, n_layer: 1, n_head: 4, n_positions: 128 },
  };
  const linear = (stem: string, rows: number, columns: number): Record<string, HeaderTensor> => ({
    [`${stem}.weight`]: ['F32', [rows, columns]],
    [`${stem}.bias`]: ['F32', [columns]],
  });
  const norm = (stem: string): Record<string, HeaderTensor> => ({
    [`${stem}.weight`]: ['F32', [64]],
    [`${stem}.bias`]: ['F32', [64]],
  });
  const weights = (prefix: string): Record<string, HeaderTensor> => ({
    [`${prefix}wte.weight`]: ['F32', [100, 64]],
    [`${prefix}wpe.weight`]: ['F32', [128, 64]],
    ...norm(`${prefix}h.0.ln_1`),
    [`${prefix}h.0.attn.bias`]: ['U8', [1, 1, 128, 128]],
    ...linear(`${prefix}h.0.attn.c_attn`, 64, 192),
    ...linear(`${prefix}h.0.attn.c_proj`, 64, 64),
    ...norm(`${prefix}h.0.ln_2`),
    ...linear(`${prefix}h.0.mlp.c_fc`, 64, 256),
    ...linear(`${prefix}h.0.mlp.c_proj`, 256, 64),
    ...norm(`${prefix}ln_f`),
  });

  test.each(['', 'transformer.'])(
    'turns its matrices and drops its masks, named “%s…”',
    (prefix) => {
      const model = headerModel('m', weights(prefix), { config: gpt2 });
      const made = planGguf({ ...model, pooling: null }, [], 'Q8_0');
      const of = (name: string) => became(made, prefix + name);
      expect(of('h.0.attn.c_attn.weight')).toEqual(
        ['blk.0.attn_qkv.weight', 'Q8_0', { kind: 'transpose' }], //
      );
      const up = made.tensors.find(({ name }) => name === 'blk.0.ffn_up.weight')!;
      expect(up.shape).toEqual([256, 64]);
      expect(of('h.0.attn.c_attn.bias')!.slice(0, 2)).toEqual(['blk.0.attn_qkv.bias', 'F32']);
      expect(of('wte.weight')).toEqual(['token_embd.weight', 'Q8_0', { kind: 'none' }]);
      expect(of('wpe.weight')!.slice(0, 2)).toEqual(['position_embd.weight', 'F32']);
      expect(of('h.0.attn.bias')).toBeNull();
    },
  );

  test('is refused where it scales attention in another way', () => {
    const config = { ...gpt2, scale_attn_by_inverse_layer_idx: true };
    const model = headerModel('m', weights(''), { config });
    expect(() => planGguf({ ...model, pooling: null }, [], 'F16')).toThrow(
      /"scale_attn_by_inverse_layer_idx": true/,
    );
  });
});

describe('BERT', () => {
  const bert = {
    ...{ architectures: ['BertModel'], model_type: 'bert', hidden_act: 'gelu', vocab_size: 100 },
    ...{ hidden_size: 64, intermediate_size: 96, num_hidden_layers: 1, num_attention_heads: 4 },
    ...{ max_position_embeddings: 16, type_vocab_size: 2, layer_norm_eps: 1e-12 },
  };
  const linear = (stem: string, rows: number, columns: number): Record<string, HeaderTensor> => ({
    [`${stem}.weight`]: ['F32', [rows, columns]],
    [`${stem}.bias`]: ['F32', [rows]],
  });
  const weights = (prefix: string, [scale, shift] = ['weight', 'bias']) => {
    const layer = `${prefix}encoder.layer.0`;
    const norm = (stem: string): Record<string, HeaderTensor> => ({
      [`${stem}.${scale}`]: ['F32', [64]],
      [`${stem}.${shift}`]: ['F32', [64]],
    });
    const table = (stem: string, rows: number): Record<string, HeaderTensor> => ({
      [`${prefix}embeddings.${stem}_embeddings.weight`]: ['F32', [rows, 64]],
    });
    return {
      ...{ ...table('word', 100), ...table('position', 16), ...table('token_type', 2) },
      ...norm(`${prefix}embeddings.LayerNorm`),
      [`${prefix}embeddings.position_ids`]: ['I64', [1, 16]] as HeaderTensor,
      ...linear(`${layer}.attention.self.query`, 64, 64),
      ...linear(`${layer}.attention.self.key`, 64, 64),
      ...linear(`${layer}.attention.self.value`, 64, 64),
      ...linear(`${layer}.attention.output.dense`, 64, 64),
      ...norm(`${layer}.attention.output.LayerNorm`),
      ...linear(`${layer}.intermediate.dense`, 96, 64),
      ...linear(`${layer}.output.dense`, 64, 96),
      ...norm(`${layer}.output.LayerNorm`),
      ...linear(`${prefix}pooler.dense`, 64, 64),
    };
  };
  const planned = (over: object, tensors: Record<string, HeaderTensor>, pooling: Pooling | null) =>
    planGguf(
      { ...headerModel('m', tensors, { config: { ...bert, ...over } }), pooling },
      [],
      'Q8_0',
    );

  test('goes without pooler and positions that are counted; its tables of positions and types are F32', () => {
    const made = planned({}, weights(''), 'mean');
    const layer = 'encoder.layer.0';
    expect(made).toMatchObject({ architecture: 'bert', isEncoder: true, remarks: [] });
    expect(became(made, `${layer}.attention.output.LayerNorm.bias`)).toEqual(
      ['blk.0.attn_output_norm.bias', 'F32', { kind: 'none' }], //
    );
    expect(became(made, `${layer}.intermediate.dense.weight`)!.slice(0, 2)).toEqual(
      ['blk.0.ffn_up.weight', 'Q8_0'], //
    );
    for (const [stem, there] of [
      ['position', 'position_embd'],
      ['token_type', 'token_types'],
    ]) {
      const found = became(made, `embeddings.${stem}_embeddings.weight`)!;
      expect(found.slice(0, 2)).toEqual([`${there}.weight`, 'F32']);
    }
    expect(became(made, 'pooler.dense.weight')).toBeNull();
    expect(became(made, 'embeddings.position_ids')).toBeNull();
  });

  test('is known beside its head, which is left out and told of, and in the words of TensorFlow', () => {
    const head: Record<string, HeaderTensor> = { 'cls.predictions.bias': ['F32', [100]] };
    const over = { architectures: ['BertForMaskedLM'] };
    const made = planned(over, { ...weights('bert.', ['gamma', 'beta']), ...head }, 'cls');
    expect(became(made, 'bert.encoder.layer.0.output.LayerNorm.gamma')![0]).toBe(
      'blk.0.layer_output_norm.weight',
    );
    expect(became(made, 'cls.predictions.bias')).toBeNull();
    expect(made.remarks).toEqual([expect.stringContaining('The head that guesses masked words')]);
  });

  test('says where nothing tells how to make one vector of a text', () => {
    expect(planned({}, weights(''), null).remarks).toEqual([
      expect.stringContaining('--pooling mean'),
    ]);
  });

  test.each([
    [{ hidden_act: 'relu' }, /"hidden_act": "relu"/],
    [{ position_embedding_type: 'relative_key' }, /"relative_key"/],
    [{ is_decoder: true }, /"is_decoder": true/],
    [
      { architectures: ['BertForSequenceClassification'] },
      /BertForSequenceClassification; expected/,
    ],
    [{ architectures: ['XLMRobertaModel'] }, /the architecture XLMRobertaModel/],
  ])('is refused with %o, of which llama.cpp computes another thing', (over, message) => {
    expect(() => planned(over, weights(''), 'mean')).toThrow(message);
  });
});

describe('Gemma 3', () => {
  const gemma = {
    ...{ architectures: ['Gemma3ForCausalLM'], model_type: 'gemma3_text', head_dim: 16 },
    ...{ query_pre_attn_scalar: 16, sliding_window: 32, hidden_activation: 'gelu_pytorch_tanh' },
  };
  const more = Object.fromEntries(
    [0, 1].flatMap((at) =>
      [
        ['pre_feedforward_layernorm', 64] as const,
        ['post_feedforward_layernorm', 64] as const,
        ['self_attn.q_norm', 16] as const,
        ['self_attn.k_norm', 16] as const,
      ].map(([stem, size]): [string, HeaderTensor] => [
        `model.layers.${at}.${stem}.weight`,
        ['BF16', [size]],
      ]),
    ),
  );
  const made = (over: object = {}) => plan({ ...gemma, ...over }, more);

  test('adds 1 to its norms, and its norm after attention is another one than Llama’s', () => {
    const name = (stem: string) => `model.layers.1.${stem}.weight`;
    const norm = (stem: string) => [`blk.1.${stem}.weight`, 'F32', { kind: 'plus one' }];
    const of = (stem: string) => became(made(), name(stem));
    expect(of('post_attention_layernorm')).toEqual(norm('post_attention_norm'));
    expect(of('pre_feedforward_layernorm')).toEqual(norm('ffn_norm'));
    expect(of('self_attn.q_norm')).toEqual(norm('attn_q_norm'));
    expect(of('self_attn.q_proj')).toEqual(['blk.1.attn_q.weight', 'Q8_0', { kind: 'none' }]);
  });

  test('is refused where another layer has no window than llama.cpp takes for granted', () => {
    const types = ['sliding_attention', 'full_attention'];
    expect(() => made({ layer_types: types })).toThrow(/another order of layers/);
    expect(() => made({ sliding_window_pattern: 2 })).toThrow(/another order of layers/);
    made({ layer_types: ['full_attention', 'full_attention'], sliding_window: null });
  });

  test('is refused where its scores are scaled or cut off in another way', () => {
    expect(() => made({ query_pre_attn_scalar: 256 })).toThrow(/"query_pre_attn_scalar": 256/);
    expect(() => made({ final_logit_softcapping: 30 })).toThrow(/"final_logit_softcapping": 30/);
  });
});

describe('is refused by name:', () => {
  test('an architecture that is not known here', () => {
    expect(() => plan({ architectures: ['MambaForCausalLM'] })).toThrow(
      /the architecture MambaForCausalLM; expected one of LlamaForCausalLM.*Qwen3ForCausalLM/,
    );
  });

  test('a tensor that the architecture does not have', () => {
    const expert = 'model.layers.0.block_sparse_moe.experts.0.w1.weight';
    expect(() => plan({}, { [expert]: ['BF16', [96, 64]] })).toThrow(expert);
  });

  test('a tensor that is missing', () => {
    expect(() => plan({}, {}, 'model.layers.1.mlp.up_proj.weight')).toThrow(
      '“blk.1.ffn_up.weight”',
    );
  });

  test('a key of config.json that is missing, or says what llama.cpp does not compute', () => {
    expect(() => plan({ rms_norm_eps: undefined })).toThrow(/no "rms_norm_eps"/);
    expect(() => plan({ hidden_act: 'gelu' })).toThrow(/"hidden_act": "gelu"/);
    expect(() => plan({ rope_scaling: { type: 'dynamic', factor: 2 } })).toThrow(/"dynamic"/);
  });

  test('rows that its heads do not divide', () => {
    expect(() => plan({ num_attention_heads: 3, head_dim: 16 })).toThrow(/rows for 3 heads/);
  });

  test('codes that are no values', () => {
    const q: Record<string, HeaderTensor> = { 'model.norm.weight': ['I32', [64]] };
    expect(() => plan({}, q)).toThrow(/model\.norm\.weight": found the dtype I32/);
  });
});
