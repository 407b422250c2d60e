import { describe, expect, test } from 'vitest';
import { tinyDecoders } from '../../testing/tiny-decoder.ts';
import { architectureOf } from './architecture.ts';
import { UnsupportedModelError } from './config.ts';
import { CpuProcessor } from './cpu.ts';
import { Decoder } from './decoder.ts';
import { anglesOf } from './rope.ts';

const [{ config, weights }] = tinyDecoders;

/** Llama 3.2 1B, as its older config.json says. */
const llama32 = {
  architectures: ['LlamaForCausalLM'],
  hidden_size: 2048,
  intermediate_size: 8192,
  num_attention_heads: 32,
  num_hidden_layers: 16,
  num_key_value_heads: 8,
  rms_norm_eps: 1e-5,
  rope_scaling: {
    factor: 32,
    high_freq_factor: 4,
    low_freq_factor: 1,
    original_max_position_embeddings: 8192,
    rope_type: 'llama3',
  },
  rope_theta: 500000,
  tie_word_embeddings: true,
  eos_token_id: [128001, 128008],
};

test('older files keep positions under other names', () => {
  const { rope, head, ends, tied, windows } = architectureOf(llama32);
  expect({ head, tied, ends }).toEqual({ head: 64, tied: true, ends: [128001, 128008] });
  expect(new Set(windows)).toEqual(new Set([null]));
  // The quickest waves stay, the slowest are 32 times as slow.
  expect(rope.frequencies[0]).toBe(1);
  const slowest = 500000 ** (-62 / 64);
  expect(rope.frequencies[31] / (slowest / 32)).toBeCloseTo(1, 6);
  const linear = { ...llama32, rope_scaling: { type: 'linear', factor: 4 } };
  expect(architectureOf(linear).rope.frequencies[0]).toBe(0.25);
});

test('angles are those of position times frequency', () => {
  const angles = anglesOf({ frequencies: Float32Array.of(1, 0.5) }, 3);
  const wanted = [2, 1].map(Math.cos).concat([2, 1].map(Math.sin));
  expect([...angles.subarray(8)]).toEqual(wanted.map(Math.fround));
});

test('Mistral has a window where nothing is said, Qwen2 only where it is used', () => {
  const windows = (more: object) => architectureOf({ ...config, ...more }).windows;
  expect(windows({ architectures: ['MistralForCausalLM'] })).toEqual([4096, 4096]);
  expect(windows({ architectures: ['MistralForCausalLM'], sliding_window: null })).toEqual([
    null,
    null,
  ]);
  const qwen = { architectures: ['Qwen2ForCausalLM'], sliding_window: 8, max_window_layers: 1 };
  expect(windows(qwen)).toEqual([null, null]);
  expect(windows({ ...qwen, use_sliding_window: true })).toEqual([null, 8]);
});

describe('what cannot be followed is refused by name', () => {
  test.each([
    [
      { architectures: ['GPT2LMHeadModel'] },
      /GPT2LMHeadModel cannot be run here.*LlamaForCausalLM/,
    ],
    [{ architectures: undefined }, /"architectures" is missing/],
    [{ hidden_act: 'gelu' }, /hidden_act = "gelu".*silu/],
    [{ rope_parameters: { rope_type: 'dynamic', factor: 2 } }, /rope_type = "dynamic"/],
    [{ rope_parameters: { rope_type: 'linear' } }, /factor = null.*a number/],
    [{ partial_rotary_factor: 0.5 }, /partial_rotary_factor = 0.5/],
    [{ final_logit_softcapping: 30 }, /final_logit_softcapping = 30.*not to be set/],
    [{ head_dim: 12 }, /head_dim = 12.*multiple of 8/],
    [{ head_dim: 256 }, /head_dim = 256.*at most 128/],
    [{ num_key_value_heads: 3 }, /num_key_value_heads = 3.*divisor of the 4/],
    [{ hidden_size: '32' }, /hidden_size = "32".*a number/],
    [{ layer_types: ['linear_attention'] }, /layer_types = "linear_attention"/],
  ])('%o', (more, message) => {
    const read = () => architectureOf({ ...config, ...more });
    expect(read).toThrow(UnsupportedModelError);
    expect(read).toThrow(message);
  });

  test('a tensor that is missing, and one of another shape', async () => {
    const load = (more: object, shape = weights.shape) =>
      Decoder.load(
        architectureOf({ ...config, ...more }),
        { ...weights, shape },
        new CpuProcessor(),
      );
    await expect(load({ num_hidden_layers: 3 })).rejects.toThrow(
      'model.layers.2.self_attn.o_proj.weight is missing; config.json makes it [32,32].',
    );
    await expect(load({ intermediate_size: 48 })).rejects.toThrow(
      'model.layers.0.mlp.down_proj.weight has the shape [32,40]; config.json makes it [32,48].',
    );
    const headless = (name: string) => (name === 'lm_head.weight' ? null : weights.shape(name));
    await expect(load({}, headless)).rejects.toThrow('lm_head.weight is missing');
  });
});
