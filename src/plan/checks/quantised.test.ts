import { expect, test } from 'vitest';
import { type HeaderTensor, headerModel } from '../../testing/model.ts';
import { findingOf, findingsOf, jobOf, planned, recipeOf } from '../../testing/planning.ts';

const weight = 'model.layers.0.mlp.up_proj.weight';
const norm = 'model.norm.weight';
const plain = { [weight]: ['BF16', [4, 64]], [norm]: ['BF16', [64]] } as const;
const base = headerModel('base', plain);
const expert = headerModel('expert', plain);
const fp8Tensors = {
  [weight]: ['F8_E4M3', [4, 64]],
  'model.layers.0.mlp.up_proj.weight_scale': ['F32', [4, 1]],
  'model.layers.0.mlp.up_proj.input_scale': ['F32', []],
  [norm]: ['BF16', [64]],
} as const;
const fp8 = headerModel('fp8', fp8Tensors);

test('FP8 beside its scales is read as values, and said', () => {
  expect(findingOf(recipeOf(base, [fp8]), [base, fp8], 'read-as-values')).toEqual({
    severity: 'note',
    code: 'read-as-values',
    message: `fp8 stores 1 tensor as FP8 with a scale for each row (${weight}): read as their values in BF16. The output holds values and no codes. Left out: 1 tensor of scales, and model.layers.0.mlp.up_proj.input_scale.`,
    advice: 'Quantise the merged model afterwards, if you wish.',
    place: { model: 'fp8' },
    tensors: [weight],
  });
});

test('as an expert it is a computed plane beside stored ones', () => {
  const plan = planned(recipeOf(base, [fp8]), [base, fp8]);
  expect(plan.jobs.map(({ tensor }) => tensor)).toEqual([weight, norm]);
  const job = jobOf(plan, weight);
  expect(job).toMatchObject({ dtype: 'BF16', shape: [4, 64], original: { model: 'base' } });
  const [part] = job.parts;
  expect(part).toMatchObject({
    kind: 'merge',
    base: { model: 'base', dtype: 'BF16' },
    planes: [
      {
        dtype: 'BF16',
        from: 0,
        to: 256,
        formula: { number: 'E4M3', sizes: [1, 4, 64], blocks: [1, 1, 64] },
        inputs: [
          { model: 'fp8', file: 0, begin: 128, end: 384 },
          { model: 'fp8', file: 0, begin: 384, end: 400 },
        ],
      },
    ],
  });
});

test('as the base it gives the output plain tensors without companions', () => {
  const plan = planned(recipeOf(fp8, [expert]), [fp8, expert]);
  expect(plan.jobs.map(({ tensor, dtype }) => [tensor, dtype])).toEqual([
    [weight, 'BF16'],
    [norm, 'BF16'],
  ]);
});

test('what nobody merges is written as values too', () => {
  const without = headerModel('without', { [norm]: ['BF16', [64]] });
  const plan = planned(recipeOf(fp8, [without]), [fp8, without]);
  expect(jobOf(plan, weight).parts).toMatchObject([
    { kind: 'cast', plane: { dtype: 'BF16', from: 0, to: 256 } },
  ]);
});

test('an output of F32 keeps all of the product', () => {
  const recipe = recipeOf(base, [fp8]);
  const wide = { ...recipe, output: { ...recipe.output, dtype: 'F32' } } as const;
  expect(jobOf(planned(wide, [base, fp8]), weight).parts).toMatchObject([
    { planes: [{ dtype: 'F32' }] },
  ]);
  expect(findingOf(wide, [base, fp8], 'read-as-values').message).toContain('in F32.');
});

test('config.json of the output says nothing of quantisation', () => {
  const text = '{"dtype": "float16", "quantization_config": {"quant_method": "fp8"}, "a": 1}';
  const config = JSON.parse(text);
  const model = headerModel('m', fp8Tensors, { config, companions: { 'config.json': text } });
  const { sideFiles } = planned(recipeOf(model, [expert]), [model, expert]);
  const side = sideFiles.find(({ name }) => name === 'config.json');
  expect(side && 'text' in side && JSON.parse(side.text)).toEqual({ dtype: 'float16', a: 1 });
});

test.each([
  ['left over', { quant_method: 'bitsandbytes', load_in_4bit: true }, 'bitsandbytes'],
  ['empty', {}, 'nothing'],
])('a quantization_config that is %s beside plain weights is a note', (_, said, words) => {
  const config = { quantization_config: said };
  const model = headerModel('left', plain, { config });
  const found = findingsOf(recipeOf(base, [model]), [base, model]);
  expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(findingOf(recipeOf(base, [model]), [base, model], 'quantisation-left-over')).toMatchObject(
    {
      severity: 'note',
      message: `config.json of left says that it is quantised (${words}), but its weights are plain: they are read as they are.`,
    },
  );
});

test('codes that cannot be read are refused by name, in any role', () => {
  const stem = 'model.layers.0.mlp.up_proj';
  const gptq = headerModel('gptq', {
    [`${stem}.qweight`]: ['I32', [8, 64]],
    [`${stem}.qzeros`]: ['I32', [1, 8]],
    [`${stem}.scales`]: ['F16', [1, 64]],
    [`${stem}.g_idx`]: ['I32', [64]],
    [norm]: ['F16', [64]],
  } satisfies Record<string, HeaderTensor>);
  const expected = {
    severity: 'error',
    message: `gptq holds 1 tensor of GPTQ (${stem}.qweight) that cannot be read as values. ${stem}.qweight: it is I32 [8, 64] beside ${stem}.scales.`,
    advice: expect.stringContaining('Use the original model in 16 or 32 bits'),
    place: { model: 'gptq', tensor: `${stem}.qweight` },
  };
  expect(findingOf(recipeOf(base, [gptq]), [base, gptq], 'quantised')).toMatchObject(expected);
  expect(findingOf(recipeOf(gptq, [base]), [base, gptq], 'quantised')).toMatchObject(expected);
});

test('a model is counted by its values: rows and shapes are compared as such', () => {
  const wrong = headerModel('wrong', { ...fp8Tensors, [weight]: ['F8_E4M3', [4, 32]] });
  const message = `${weight} has shape [4, 32] in wrong; base has [4, 64].`;
  expect(findingOf(recipeOf(base, [wrong]), [base, wrong], 'shape-mismatch').message).toBe(message);
});
