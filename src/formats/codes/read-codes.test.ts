import { describe, expect, test } from 'vitest';
import { type HeaderTensor, headerModel } from '../../testing/model.ts';
import { isComputed, type Model } from '../model.ts';

type Tensors = Readonly<Record<string, HeaderTensor>>;
type Config = Readonly<Record<string, unknown>>;

const open = (tensors: Tensors, config: Config | null = null) =>
  headerModel('m', tensors, { config });

/** "name: dtype [shape]" of what a model's tensors are, and of computed ones the scheme. */
function seen({ tensors }: Model): readonly string[] {
  return [...tensors.values()].map((entry) => {
    const what = `${entry.name}: ${entry.dtype} ${JSON.stringify(entry.shape)}`;
    return isComputed(entry) ? `${what} from ${entry.scheme}` : what;
  });
}

describe('read as values', () => {
  test.each<[about: string, tensors: Tensors, expected: readonly string[], config?: Config]>([
    [
      'FP8 of ComfyUI, with its mark and the scale of activations',
      {
        'double.0.weight': ['F8_E4M3', [8, 4]],
        'double.0.scale_weight': ['F32', [1]],
        'double.0.scale_input': ['F32', [1]],
        'double.0.bias': ['F16', [8]],
        scaled_fp8: ['F8_E4M3', [2]],
      },
      ['double.0.weight: F16 [8,4] from FP8 with one scale', 'double.0.bias: F16 [8]'],
    ],
    [
      'FP8 whose scale comes first in the file, with scales of keys and values',
      {
        'k_proj.k_scale': ['F32', []],
        'k_proj.weight_scale': ['F32', []],
        'k_proj.weight': ['F8_E5M2', [8, 4]],
      },
      ['k_proj.weight: BF16 [8,4] from FP8 with one scale'],
    ],
    [
      'FP8 in the blocks of DeepSeek',
      { 'a.weight': ['F8_E4M3', [300, 200]], 'a.weight_scale_inv': ['F32', [3, 2]] },
      ['a.weight: BF16 [300,200] from FP8 with block scales'],
    ],
    [
      'FP8 in blocks that config.json names, with powers of two',
      { 'a.weight': ['F8_E4M3', [96, 64]], 'a.weight_scale_inv': ['F8_E8M0', [2, 2]] },
      ['a.weight: F32 [96,64] from FP8 with block scales'],
      {
        dtype: 'float32',
        quantization_config: { quant_method: 'fp8', weight_block_size: [64, 32] },
      },
    ],
    [
      'experts of one tensor, named without .weight',
      {
        'experts.gate_up_proj': ['F8_E4M3', [2, 256, 128]],
        'experts.gate_up_proj_scale_inv': ['F32', [2, 2, 1]],
        'experts.down_proj': ['F8_E4M3', [2, 8, 4]],
        'experts.down_proj_scale': ['F32', [2, 1, 4]],
      },
      [
        'experts.gate_up_proj: BF16 [2,256,128] from FP8 with block scales',
        'experts.down_proj: BF16 [2,8,4] from FP8 with block scales',
      ],
    ],
    [
      'FP8 with blocks along rows, kept as [rows, blocks, 1]',
      { 'a.weight': ['F8_E4M3', [8, 192]], 'a.scale_weight': ['F32', [8, 3, 1]] },
      ['a.weight: BF16 [8,192] from FP8 with block scales'],
    ],
    [
      'MXFP8: bytes are powers of two for 32 neighbours',
      { 'a.weight': ['F8_E4M3', [2, 64]], 'a.weight_scale': ['U8', [2, 2]] },
      ['a.weight: BF16 [2,64] from FP8 with block scales'],
    ],
    [
      'MXFP4 of gpt-oss and of OpenAI',
      {
        'e.gate_up_proj_blocks': ['U8', [2, 6, 3, 16]],
        'e.gate_up_proj_scales': ['U8', [2, 6, 3]],
        'mlp1_weight.blocks': ['U8', [2, 6, 3, 16]],
        'mlp1_weight.scales': ['U8', [2, 6, 3]],
      },
      ['e.gate_up_proj: BF16 [2,96,6] from MXFP4', 'mlp1_weight: BF16 [2,6,96] from MXFP4'],
    ],
    [
      'MXFP4 packed in pairs',
      {
        'a.weight_packed': ['U8', [4, 32]],
        'a.weight_scale': ['U8', [4, 2]],
        'b.weight': ['I8', [4, 32]],
        'b.scale': ['F8_E8M0', [4, 2]],
      },
      ['a.weight: BF16 [4,64] from MXFP4', 'b.weight: BF16 [4,64] from MXFP4'],
    ],
    [
      'MLX with the packing in config.json, and another for one layer',
      {
        'a.weight': ['U32', [4, 16]],
        'a.scales': ['F16', [4, 2]],
        'a.biases': ['F16', [4, 2]],
        'b.weight': ['U32', [4, 16]],
        'b.scales': ['F16', [4, 2]],
        'b.biases': ['F16', [4, 2]],
      },
      [
        'a.weight: F16 [4,128] from 4-bit affine codes of MLX',
        'b.weight: F16 [4,64] from 8-bit affine codes of MLX',
      ],
      { quantization: { bits: 4, group_size: 64, b: { bits: 8, group_size: 32 } } },
    ],
  ])('%s', (_, tensors, expected, config) => {
    const model = open(tensors, config ?? null);
    expect(seen(model)).toEqual(expected);
    expect(model.quantised.unreadable).toEqual([]);
  });

  test('MLX without a config, by widths that occur elsewhere in the model', () => {
    // Bits × group = 256: 4 bits in groups of 64, or 8 in groups of 32, or 2 in groups of 128.
    const triple = (name: string, rows: number, words: number): Tensors => ({
      [`${name}.weight`]: ['U32', [rows, words]],
      [`${name}.scales`]: ['BF16', [rows, words / 8]],
      [`${name}.biases`]: ['BF16', [rows, words / 8]],
    });
    const layer = { ...triple('up', 384, 16), ...triple('down', 128, 48) };
    expect(seen(open({ ...layer, 'norm.weight': ['BF16', [128]] }))).toEqual([
      'up.weight: BF16 [384,128] from 4-bit affine codes of MLX',
      'down.weight: BF16 [128,384] from 4-bit affine codes of MLX',
      'norm.weight: BF16 [128]',
    ]);
    // One width alone proves nothing.
    const [one] = open({ ...triple('up', 384, 16), 'norm.weight': ['BF16', [128]] }).quantised
      .unreadable;
    expect(one.why).toContain('may be 2 bits in groups of 128 or 4 bits in groups of 64 or 8 bits');
  });
});

describe('plain values, whatever lies beside them', () => {
  test.each<[about: string, tensors: Tensors]>([
    ['FP8 without a scale', { 'a.weight': ['F8_E4M3', [8, 4]], 'norm.scale': ['F8_E4M3', [4]] }],
    ['positions, masks and counts', { ids: ['I64', [5]], mask: ['BOOL', [5, 5]], n: ['I64', []] }],
    ['a mask of bytes', { 'attn.bias': ['U8', [1, 1, 8, 8]], 'attn.c.weight': ['F32', [8, 8]] }],
    ['scales of norms and logits', { logit_scale: ['F32', []], 'norm.scale': ['F32', [4]] }],
    ['weight norm', { weight_g: ['F32', [4, 1]], weight_v: ['F32', [4, 4]], bias: ['F32', [4]] }],
    ['a scale of keys beside BF16', { 'k.weight': ['BF16', [4, 4]], 'k.k_scale': ['F32', []] }],
  ])('%s', (_, tensors) => {
    const model = open(tensors);
    expect(model.quantised).toEqual({ read: [], unreadable: [], leftOut: [], declared: null });
    expect([...model.tensors.keys()]).toEqual(Object.keys(tensors));
  });
});

describe('refused by name', () => {
  test.each<[scheme: string, tensors: Tensors, why: RegExp, config?: Config]>([
    [
      'bitsandbytes NF4',
      {
        'a.weight': ['U8', [32, 1]],
        'a.weight.absmax': ['F32', [1]],
        'a.weight.quant_map': ['F32', [16]],
        'a.weight.quant_state.bitsandbytes__nf4': ['U8', [90]],
      },
      /it is U8 \[32, 1\] beside a.weight.absmax/,
    ],
    ['bitsandbytes int8', { 'a.weight': ['I8', [4, 4]], 'a.SCB': ['F32', [4]] }, /beside a.SCB/],
    ['AWQ or GPTQ', { 'a.qweight': ['I32', [4, 1]], 'a.qzeros': ['I32', [1, 1]] }, /a.qzeros/],
    [
      'HQQ',
      { 'a.W_q': ['U8', [4, 4]], 'a.scale': ['F16', [4]], 'a.zero': ['F16', [4]] },
      /a.scale/,
    ],
    [
      'NVFP4',
      {
        'a.weight': ['U8', [4, 16]],
        'a.weight_scale': ['F8_E4M3', [4, 2]],
        'a.weight_scale_2': ['F32', []],
      },
      /it is U8 \[4, 16\] beside a.weight_scale/,
    ],
    [
      'compressed-tensors packed',
      { 'a.weight_packed': ['I32', [4, 2]], 'a.weight_scale': ['BF16', [4, 1]] },
      /a.weight_scale/,
    ],
    ['quanto', { 'a.weight._data': ['I8', [4, 4]], 'a.weight._scale': ['F32', [4, 1]] }, /_scale/],
    ['an unknown scheme', { 'a.weight': ['I8', [4, 4]] }, /nothing beside it tells/],
    ['an unknown scheme', { 'a.weight': ['I8', [4, 4]], 'a.weight_scale': ['F32', [4]] }, /scale/],
    [
      'eetq',
      { 'a.w': ['I8', [4, 4]] },
      /nothing/,
      { quantization_config: { quant_method: 'eetq' } },
    ],
    [
      'FP8',
      { 'a.weight': ['F8_E4M3', [9216, 4]], 'a.weight_scale': ['F32', [3]] },
      /does not tell/,
    ],
    [
      'FP8',
      { 'a.weight': ['F8_E4M3', [192, 192]], 'a.weight_scale': ['F32', [2, 2]] },
      /does not tell a block of F8_E4M3 \[192, 192\]/,
    ],
    [
      'FP8',
      { 'a.weight': ['F8_E4M3', [4, 4]], 'a.input_scale': ['F32', []] },
      /no scale of its own/,
    ],
    [
      'FP8',
      { 'a.weight': ['F8_E4M3', [4, 4]], 'a.dequant_scale': ['F32', []] },
      /it has a.dequant_scale and no scale of a known name/,
    ],
    [
      'FP8',
      {
        'a.weight': ['F8_E4M3', [4, 4]],
        'a.weight_scale': ['F32', []],
        'a.weight_scale_outer': ['F32', []],
      },
      /it has a.weight_scale_outer besides its scale/,
    ],
    [
      'FP8',
      {
        'a.weight': ['F8_E4M3', [4, 64]],
        'a.weight_scale': ['U8', [4, 2]],
        'a.comfy_quant': ['U8', [20]],
      },
      /no scale of a known kind/,
    ],
    [
      'FP8',
      { 'a.weight': ['F8_E4M3', [4, 4]] },
      /without a scale, though config.json says fp8/,
      { quantization_config: { quant_method: 'fp8' } },
    ],
    ['MXFP4 of gpt-oss', { e_blocks: ['U8', [2, 6, 3, 16]] }, /it has no e_scales/],
    [
      'NVFP4 of MLX',
      { 'a.weight': ['U32', [4, 8]], 'a.scales': ['U8', [4, 4]] },
      /a.scales is U8 \[4, 4\]/,
    ],
    [
      'codes',
      { 'a.weight': ['BF16', [4, 4]], 'a.weight_scale_inv': ['F32', [1, 1]] },
      /beside a.weight, BF16 \[4, 4\], and nothing tells whether the weights were multiplied/,
    ],
    ['codes', { 'a.scale_weight': ['F32', []] }, /there is no a.weight beside it/],
  ])('%s', (scheme, tensors, why, config) => {
    const { quantised } = open(tensors, config ?? null);
    expect(quantised.read).toEqual([]);
    expect(quantised.unreadable).toMatchObject([{ scheme, why: expect.stringMatching(why) }]);
  });
});

test('what is left out and what config.json says is kept', () => {
  const config = { quantization_config: { quant_method: 'fp8' } };
  const { quantised } = open(
    {
      'a.weight': ['F8_E4M3', [8, 4]],
      'a.weight_scale': ['F32', []],
      'a.input_scale': ['F32', []],
      'k.k_scale': ['F32', [1]],
    },
    config,
  );
  expect(quantised).toEqual({
    read: [{ scheme: 'FP8 with one scale', tensors: ['a.weight'] }],
    unreadable: [],
    leftOut: ['k.k_scale', 'a.input_scale'],
    declared: 'fp8',
  });
});
