import { expect, test } from 'vitest';
import { cpuBackend } from '../../compute/cpu/backend.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import { decode } from '../../testing/encode.ts';
import { type MergeRunInput, mergeRun, writtenTensor } from '../../testing/merge-run.ts';
import { bf16, f32, type TestTensor, tensor } from '../../testing/model-file.ts';
import { run } from './run.ts';

type Tensors = Readonly<Record<string, TestTensor>>;

const codes = [1, -2, 4, 0.5, -8, 16, 3, 0];
/** 8 × 4 values in FP8 with a scale for each row, and the same as plain BF16. */
const rows = [1, 2, 4, 8, 0.5, 0.25, 1, 2];
const stored: Tensors = {
  'layers.0.up.weight': tensor('F8_E4M3', [8, 4], codes),
  'layers.0.up.weight_scale': f32([8, 1], rows),
  'layers.0.up.input_scale': f32([], [9]),
  'norm.weight': bf16([4], [1, 2, 3, 4]),
};
const values = Array.from({ length: 32 }, (_, i) => codes[i % 8] * rows[Math.floor(i / 4)]);
const plain: Tensors = {
  'layers.0.up.weight': bf16([8, 4], values),
  'norm.weight': bf16([4], [1, 2, 3, 4]),
};
const other: Tensors = {
  'layers.0.up.weight': bf16([8, 4], [0.5, 1, -3, 7, 2]),
  'norm.weight': bf16([4], [2, 2, 2, 2]),
};

async function merged(input: MergeRunInput, budget = 2 ** 30) {
  const made = await mergeRun(input);
  const options = made.options({ backend: cpuBackend(), budget });
  const { tensors, verify } = await run(made.plan, options);
  const read = (name: string) => decode(writtenTensor(made.plan, options.sink, name), 'BF16');
  return {
    problems: verify.problems,
    /** Names, dtypes and every value. */
    sha256: verify.files.find(({ name }) => name === 'model.safetensors')?.sha256,
    names: made.plan.jobs.map((job) => job.tensor),
    weight: read('layers.0.up.weight'),
    norm: read('norm.weight'),
    changed: tensors.map(({ changed }) => changed),
  };
}

test.each([
  ['the base', { base: stored, other }, { base: plain, other }],
  ['an expert', { base: other, one: stored }, { base: other, one: plain }],
  ['all', { base: stored, one: stored, two: other }, { base: plain, one: plain, two: other }],
])('codes as %s merge to what their values do', async (_, coded, uncoded) => {
  for (const method of ['linear', 'task_arithmetic', 'ties', 'dare_linear']) {
    for (const dialect of ['paper', 'mergekit'] as const) {
      const recipe = { method, dialect };
      const expected = await merged({ models: uncoded, recipe });
      expect(await merged({ models: coded, recipe })).toEqual(expected);
    }
  }
});

test.each(['BF16', 'F32'] as const)(
  'rows that only the base has are values, in %s',
  async (dtype) => {
    const embedding = 'model.embed_tokens.weight';
    const few: Tensors = { [embedding]: bf16([5, 4], [0.5, 1, -3, 7, 2]) };
    const coded: Tensors = {
      [embedding]: stored['layers.0.up.weight'],
      'model.embed_tokens.weight_scale': stored['layers.0.up.weight_scale'],
    };
    const read = async (base: Tensors) => {
      const made = await mergeRun({
        models: { base, few },
        recipe: { method: 'task_arithmetic', output: { ...emptyRecipe().output, dtype } },
      });
      const options = made.options({ backend: cpuBackend() });
      const { tensors } = await run(made.plan, options);
      const bytes = writtenTensor(made.plan, options.sink, embedding);
      return { values: decode(bytes, dtype), changed: tensors[0].changed };
    };
    const found = await read(coded);
    expect(found).toEqual(await read({ [embedding]: plain['layers.0.up.weight'] }));
    expect(found.values.slice(20)).toEqual(values.slice(20));
  },
);

test('a threshold over the whole model is found in values too', async () => {
  const recipe = { method: 'ties', trimScope: 'model', values: {} } as const;
  const density = { other: { density: 0.4 } };
  const expected = await merged({ models: { base: plain, other }, recipe, values: density });
  const made = await merged({ models: { base: stored, other }, recipe, values: density });
  expect(made).toEqual(expected);
  expect(made.weight).not.toEqual(values);
});

test('a tensor that nobody merges is written as its values, and has not changed', async () => {
  const { 'norm.weight': norm } = other;
  const result = await merged({
    models: { base: stored, one: { 'norm.weight': norm } },
    recipe: { method: 'task_arithmetic' },
  });
  expect(result.weight).toEqual(values);
  expect(result.names).toEqual(['layers.0.up.weight', 'norm.weight']);
  expect(result.changed).toEqual([false, true]);
});

test('a merge that changes nothing is noticed, though the base is codes', async () => {
  const models = { base: stored, one: plain };
  const { problems, weight } = await merged({ models, recipe: { method: 'task_arithmetic' } });
  expect(weight).toEqual(values);
  expect(problems).toEqual(['nothing changed: every tensor equals the original']);
});

test('blocks of a budget far below the tensor give the same bytes', async () => {
  const size = { rows: 256, columns: 512 };
  const count = size.rows * size.columns;
  const big = (scale: number): Tensors => ({
    'layers.0.up.weight': tensor('F8_E4M3', [size.rows, size.columns], codes),
    'layers.0.up.weight_scale_inv': f32(
      [2, 4],
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => n * scale),
    ),
    'norm.weight': bf16([4], [1, 2, 3, 4]),
  });
  const models = { base: big(0.5), one: big(0.25), two: big(2) };
  const recipe = { method: 'ties' };
  const whole = await merged({ models, recipe });
  const pieces = await merged({ models, recipe }, 256 * 1024);
  expect(whole.weight).toHaveLength(count);
  expect(pieces.weight.every((value, i) => Object.is(value, whole.weight[i]))).toBe(true);
  expect(pieces.changed).toEqual(whole.changed);
});
