import { bf16, f32, tensor, whole } from '../src/testing/model-file.ts';
import { weightsOnly } from './fixtures/model-folder.ts';
import { jsonOf, outputOf } from './fixtures/output-folder.ts';
import { expect, onGpuToo, preferGpu, test } from './fixtures/test.ts';
import { headerOf, valuesOf } from './fixtures/weights.ts';
import { expectFinding } from './pages/findings.ts';

const query = 'model.layers.0.self_attn.q_proj';
const norm = 'model.norm.weight';

/** 2 × 4 codes with a scale of 0.25, as ComfyUI and others store them. */
const codes = [4, -8, 2, 12, -1, 16, 0, 6];
const values = [1, -2, 0.5, 3, -0.25, 4, 0, 1.5];
const scaled = {
  [`${query}.weight`]: tensor('F8_E4M3', [2, 4], codes),
  [`${query}.scale_weight`]: f32([], [0.25]),
  [`${query}.scale_input`]: f32([], [7]),
  [norm]: bf16([4], [1, 1, 1, 1]),
};
const tuned = {
  [`${query}.weight`]: bf16(
    [2, 4],
    values.map((value) => value + 1),
  ),
  [norm]: bf16([4], [3, 3, 3, 3]),
};

test(
  'a base in scaled FP8 and a plain expert merge as their values do',
  onGpuToo,
  async ({ page, workbench, onDisk }) => {
    await page.goto('/');
    await preferGpu(workbench);
    await workbench.drop(
      await onDisk({
        'tiny-base': {
          ...weightsOnly(scaled),
          'config.json': JSON.stringify({
            dtype: 'bfloat16',
            quantization_config: { quant_method: 'fp8' },
            hidden_size: 4,
          }),
        },
        'tiny-one': weightsOnly(tuned),
      }),
    );
    await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
    await workbench.showTab('Checks');
    await expectFinding(workbench, {
      severity: 'note',
      message: `tiny-base stores 1 tensor as FP8 with one scale (${query}.weight): read as their values in BF16. The output holds values and no codes. Left out: 1 tensor of scales, and ${query}.scale_input.`,
      advice: 'Quantise the merged model afterwards, if you wish.',
    });
    await workbench.method.setField('λ', '0.5');
    await workbench.merge();

    const output = await outputOf(workbench);
    const weights = output['model.safetensors'];
    expect(await valuesOf(weights)).toEqual({
      [`${query}.weight`]: values.map((value) => value + 0.5),
      [norm]: [2, 2, 2, 2],
    });
    const { tensors } = await headerOf(weights);
    expect(tensors.map(({ dtype }) => dtype)).toEqual(['BF16', 'BF16']);
    expect(jsonOf(output['config.json'])).toEqual({ dtype: 'bfloat16', hidden_size: 4 });
  },
);

test(
  'an expert in 4-bit codes of MLX merges as its values do',
  onGpuToo,
  async ({ page, workbench, onDisk }) => {
    await page.goto('/');
    await preferGpu(workbench);
    await workbench.drop(
      await onDisk({
        'tiny-base': weightsOnly({ [`${query}.weight`]: bf16([2, 32], [0]) }),
        'tiny-one': {
          ...weightsOnly({
            [`${query}.weight`]: whole('U32', [2, 4], [0x76543210, 0xfedcba98]),
            [`${query}.scales`]: bf16([2, 1], [0.5]),
            [`${query}.biases`]: bf16([2, 1], [-2]),
          }),
          'config.json': JSON.stringify({ quantization: { bits: 4, group_size: 32 } }),
        },
      }),
    );
    await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
    await workbench.method.setField('λ', '0.5');
    await workbench.merge();
    // 32 codes of 4 bits in each row: 0, 1, …, 15 twice; times 0.5, minus 2; half of that.
    const row = Array.from({ length: 32 }, (_, i) => ((i % 16) * 0.5 - 2) / 2);
    const { 'model.safetensors': weights } = await outputOf(workbench);
    expect(await valuesOf(weights)).toEqual({ [`${query}.weight`]: [...row, ...row] });
  },
);
