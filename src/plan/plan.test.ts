import { expect, test } from 'vitest';
import { elementCount } from '../formats/model.ts';
import { f32Throughout } from '../methods/precision.ts';
import { headerModel, placeIn } from '../testing/model.ts';
import { jobOf, planned, planWith, recipeOf } from '../testing/planning.ts';

const small = {
  'model.embed_tokens.weight': ['BF16', [8, 4]],
  'model.layers.0.self_attn.q_proj.weight': ['BF16', [4, 4]],
  'model.layers.1.self_attn.q_proj.weight': ['BF16', [4, 4]],
  'model.norm.weight': ['F32', [4]],
  'model.position_ids': ['I64', [3]],
} as const;

const base = headerModel('base', small);
const first = headerModel('first', small);
const second = headerModel('second', small);

test('every tensor of the base has one job, and their bytes fill the file', () => {
  const { files, jobs } = planned(recipeOf(base, [first, second]), [base, first, second]);
  expect(jobs.map((job) => job.tensor).toSorted()).toEqual(Object.keys(small).toSorted());
  const [file] = files;
  expect(file.name).toBe('model.safetensors');
  const bytes = jobs.reduce((sum, job) => sum + job.byteLength, 0);
  expect(bytes).toBe((32 + 16 + 16) * 2 + 4 * 4 + 3 * 8);
  expect(file.byteLength).toBe(file.header.length + bytes);
});

test('jobs come in the order of the header, contiguous from 0', () => {
  const { files, jobs } = planned(recipeOf(base, [first]), [base, first]);
  const header = JSON.parse(new TextDecoder().decode(files[0].header.subarray(8)));
  let offset = 0;
  for (const job of jobs) {
    expect(header[job.tensor].data_offsets).toEqual([offset, offset + job.byteLength]);
    offset += job.byteLength;
  }
});

test('a merge names planes in recipe order, the base, and the values of each', () => {
  const recipe = recipeOf(base, [second, first], { values: { lambda: 0.5 } });
  const job = jobOf(planned(recipe, [base, first, second]), 'model.norm.weight');
  const { begin, end } = placeIn(base, 'model.norm.weight');
  const plane = { file: 0, begin, end, dtype: 'F32' };
  expect(job.parts).toEqual([
    {
      kind: 'merge',
      planes: [
        { model: 'second', ...plane },
        { model: 'first', ...plane },
      ],
      base: { model: 'base', ...plane },
      ordinals: [0, 1],
      elementCount: 4,
      precision: f32Throughout,
      global: expect.objectContaining({ lambda: 0.5 }),
      perModel: [{ weight: 1 }, { weight: 1 }],
    },
  ]);
});

test('integers are copied from the base', () => {
  const job = jobOf(planned(recipeOf(base, [first]), [base, first]), 'model.position_ids');
  const { begin, end } = placeIn(base, 'model.position_ids');
  const span = { model: 'base', file: 0, begin, end };
  expect(job).toMatchObject({ dtype: 'I64', parts: [{ kind: 'copy', span }], original: span });
});

test('without a base the first expert decides, and no base is read', () => {
  const recipe = recipeOf(null, [first, second], { method: 'linear' });
  const job = jobOf(planned(recipe, [first, second]), 'model.norm.weight');
  expect(job.original).toMatchObject({ model: 'first' });
  expect(job.parts[0]).toMatchObject({ base: null, ordinals: [0, 1] });
});

test('one model alone is compared to nothing: it may come out as it is', () => {
  const { jobs } = planned(recipeOf(null, [first], { method: 'passthrough' }), [first]);
  expect(jobs.map(({ original }) => original)).toEqual(jobs.map(() => null));
});

test('a chosen dtype applies to floats only, and then nothing equals its original', () => {
  const recipe = recipeOf(base, [first]);
  const f16 = { ...recipe, output: { ...recipe.output, dtype: 'F16' } } as const;
  const { jobs } = planned(f16, [base, first]);
  expect(jobs.map(({ dtype }) => dtype).toSorted()).toEqual(['F16', 'F16', 'F16', 'F16', 'I64']);
  for (const job of jobs) {
    expect(job.byteLength).toBe(elementCount(job.shape) * (job.dtype === 'I64' ? 8 : 2));
    expect(job.original === null).toBe(job.dtype === 'F16');
  }
});

test('shards hold no more than asked, and the index says which holds what', () => {
  const recipe = recipeOf(base, [first]);
  const sharded = { ...recipe, output: { ...recipe.output, shardBytes: 70 } };
  const { files, jobs, sideFiles } = planned(sharded, [base, first]);
  expect(files.map(({ name }) => name)).toEqual([
    'model-00001-of-00003.safetensors',
    'model-00002-of-00003.safetensors',
    'model-00003-of-00003.safetensors',
  ]);
  expect(jobs.map(({ file, byteLength }) => [file, byteLength])).toEqual([
    [0, 64],
    [1, 32],
    [1, 32],
    [2, 24],
    [2, 16],
  ]);
  const index = sideFiles.find(({ name }) => name === 'model.safetensors.index.json');
  const { metadata, weight_map } = JSON.parse((index as { text: string }).text);
  expect(metadata.total_size).toBe(64 + 32 + 32 + 24 + 16);
  expect(weight_map['model.norm.weight']).toBe('model-00003-of-00003.safetensors');
});

test('the metadata says how the file was made', () => {
  const { files } = planned(recipeOf(base, [first]), [base, first]);
  const header = JSON.parse(new TextDecoder().decode(files[0].header.subarray(8)));
  expect(header.__metadata__).toEqual({
    format: 'pt',
    amalgam_version: '1.2.3',
    recipe_sha256: 'abc',
    method: 'task_arithmetic',
    dialect: 'paper',
    backend: 'cpu',
  });
});

test('the same input gives the same plan', () => {
  const recipe = recipeOf(base, [first, second]);
  const models = [base, first, second];
  expect(planned(recipe, models)).toEqual(planned(recipe, models));
});

test('a plan says how much is read and written', () => {
  const { bytesToRead, bytesToWrite, files, sideFiles } = planned(recipeOf(base, [first, second]), [
    base,
    first,
    second,
  ]);
  const floats = (32 + 16 + 16) * 2 + 4 * 4;
  expect(bytesToRead).toBe(3 * floats + 24);
  const texts = sideFiles.map((file) => ('text' in file ? Buffer.byteLength(file.text) : 0));
  expect(bytesToWrite).toBe(files[0].byteLength + texts.reduce((sum, size) => sum + size));
});

test('an error leaves no plan, and errors come before warnings and notes', () => {
  const wrong = headerModel('wrong', {
    'model.norm.weight': ['F32', [5]],
    'model.layers.0.self_attn.q_proj.weight': ['F32', [4, 4]],
  });
  const result = planWith(recipeOf(base, [wrong]), [base, wrong]);
  if ('plan' in result) throw new Error('There is a plan');
  const severities = result.findings.map(({ severity }) => severity);
  expect(severities).toEqual(['error', 'warning', 'warning', 'note', 'note']);
});

test('a method that is not there is an error with a way out', () => {
  const result = planWith(recipeOf(base, [first], { method: 'alchemy' }), [base, first]);
  expect(result).toMatchObject({
    findings: [
      {
        severity: 'error',
        code: 'unknown-method',
        message: expect.stringMatching(/alchemy, which is not one of .*task_arithmetic/),
        fixes: [{ kind: 'set-method', value: 'task_arithmetic' }],
      },
    ],
  });
});

test('tensors without elements and scalars are planned like any other', () => {
  const odd = { empty: ['F32', [0, 4]], scalar: ['F32', []] } as const;
  const [a, b] = [headerModel('a', odd), headerModel('b', odd)];
  const plan = planned(recipeOf(a, [b]), [a, b]);
  expect(jobOf(plan, 'empty')).toMatchObject({ byteLength: 0, parts: [] });
  expect(jobOf(plan, 'scalar').parts).toMatchObject([{ kind: 'merge', elementCount: 1 }]);
});

test('what only the base has is copied, or cast when the dtype changes', () => {
  const expert = headerModel('expert', { 'model.embed_tokens.weight': ['BF16', [8, 4]] });
  const recipe = recipeOf(base, [expert]);
  const { begin, end } = placeIn(base, 'model.norm.weight');
  const span = { model: 'base', file: 0, begin, end };
  expect(jobOf(planned(recipe, [base, expert]), 'model.norm.weight').parts).toEqual([
    { kind: 'copy', span },
  ]);
  const bf16 = { ...recipe, output: { ...recipe.output, dtype: 'BF16' } } as const;
  expect(jobOf(planned(bf16, [base, expert]), 'model.norm.weight').parts).toEqual([
    { kind: 'cast', plane: { ...span, dtype: 'F32' }, precision: f32Throughout, elementCount: 4 },
  ]);
});

test('a model without a tensor is left out of it; the others keep their ordinals', () => {
  const lacking = headerModel('lacking', { 'model.norm.weight': ['F32', [4]] });
  const plan = planned(recipeOf(base, [lacking, second]), [base, lacking, second]);
  expect(jobOf(plan, 'model.embed_tokens.weight').parts).toMatchObject([
    { planes: [{ model: 'second' }], ordinals: [1], perModel: [{ weight: 1 }] },
  ]);
});

test('SLERP with one model missing passes the other through', () => {
  const lacking = headerModel('lacking', { 'model.norm.weight': ['F32', [4]] });
  const recipe = recipeOf(base, [lacking, second], {
    method: 'slerp',
    values: { of: 'taskVectors' },
  });
  const plan = planned(recipe, [base, lacking, second]);
  expect(jobOf(plan, 'model.embed_tokens.weight').parts).toMatchObject([
    { kind: 'copy', span: { model: 'second' } },
  ]);
  expect(jobOf(plan, 'model.norm.weight').parts).toMatchObject([
    { kind: 'merge', base: { model: 'base' } },
  ]);
});

test('SLERP of weights does not read a base', () => {
  const recipe = recipeOf(base, [first, second], { method: 'slerp' });
  const plan = planned(recipe, [base, first, second]);
  expect(jobOf(plan, 'model.norm.weight').parts).toMatchObject([{ kind: 'merge', base: null }]);
});

test('rules and gradients reach the values of each tensor', () => {
  const rule = {
    id: 'r',
    filter: { kind: 'contains', text: 'q_proj' },
    parameter: 'weight',
    model: 'second',
    value: [0, 1],
  } as const;
  const plan = planned(recipeOf(base, [first, second], { rules: [rule] }), [base, first, second]);
  const weights = (tensor: string) => {
    const [part] = jobOf(plan, tensor).parts;
    return part.kind === 'merge' ? part.perModel.map(({ weight }) => weight) : null;
  };
  expect(weights('model.layers.0.self_attn.q_proj.weight')).toEqual([1, 0]);
  expect(weights('model.layers.1.self_attn.q_proj.weight')).toEqual([1, 1]);
  expect(weights('model.norm.weight')).toEqual([1, 1]);
});
