import { expect, test } from 'vitest';
import { emptyRecipe } from '../../recipe/defaults.ts';
import { encode } from '../../testing/encode.ts';
import { memorySink } from '../../testing/memory-sink.ts';
import { mergeRun, writtenTensor } from '../../testing/merge-run.ts';
import { bf16, f32, i64 } from '../../testing/model-file.ts';
import { run } from './run.ts';

const pair = {
  a: { w: f32([4], [1, 2, 3, 4]), steps: i64([2], [7, 8]) },
  b: { w: f32([4], [3, 2, 1, -4]), steps: i64([2], [7, 8]) },
};

function floats(bytes: Uint8Array): number[] {
  return [...new Float32Array(new Uint8Array(bytes).buffer)];
}

/** 1000 values that differ from tensor to tensor and are exact in bf16. */
const wave = (seed: number) => Array.from({ length: 1000 }, (_, i) => ((i * seed) % 61) / 8 - 3);
const family = {
  base: { w: bf16([1000], wave(3)), v: bf16([40, 25], wave(5)) },
  a: { w: bf16([1000], wave(7)), v: bf16([40, 25], wave(11)) },
  b: { w: bf16([1000], wave(13)), v: bf16([40, 25], wave(17)) },
};
const ties = { method: 'ties', values: {} } as const;

test('a linear merge writes the mean of the models and copies what is not float', async () => {
  const { plan, options } = await mergeRun({ models: pair });
  const all = options();
  const result = await run(plan, all);
  expect(all.sink.state()).toBe('committed');
  expect(floats(writtenTensor(plan, all.sink, 'w'))).toEqual([2, 2, 2, 0]);
  expect(writtenTensor(plan, all.sink, 'steps')).toEqual(pair.a.steps.bytes);
  expect(result.verify.ok).toBe(true);
  expect(all.sink.verified()).toBe(true);
  expect(result.verify.tensorsChanged).toBe(1);
  expect(result.backend).toBe('CPU');
});

test('every tensor is reported: backend, and whether it changed', async () => {
  const { plan, options, reports } = await mergeRun({ models: pair });
  const result = await run(plan, options());
  expect(reports).toEqual([
    { tensor: 'steps', backend: 'copy', changed: false, saturated: 0, nonFinite: 0, notes: [] },
    { tensor: 'w', backend: 'cpu', changed: true, saturated: 0, nonFinite: 0, notes: [] },
  ]);
  expect(result.tensors).toEqual(reports);
});

test('a change of the last element only is a change', async () => {
  const values = wave(3);
  const other = [...values.slice(0, 999), 99];
  const models = { a: { w: f32([1000], values) }, b: { w: f32([1000], other) } };
  const { plan, options, reports } = await mergeRun({ models });
  await run(plan, options({ budget: 8192 }));
  expect(reports[0].changed).toBe(true);
});

test('a tensor kept from an expert has changed where it differs from the base', async () => {
  const w = f32([2], [1, 2]);
  const models = {
    base: { w, u: f32([2], [1, 2]), v: f32([2], [1, 2]) },
    a: { w: f32([2], [5, 6]), u: f32([2], [1, 2]), v: f32([2], [1, 3]) },
  };
  const keeps = ['u', 'v'].map((name) => ({
    id: name,
    filter: { kind: 'name', name } as const,
    from: { kind: 'model', model: 'a' } as const,
  }));
  const recipe = { method: 'task_arithmetic', keeps };
  const { plan, options } = await mergeRun({ models, recipe });
  const { tensors } = await run(plan, options());
  expect(tensors.map(({ tensor, backend, changed }) => [tensor, backend, changed])).toEqual([
    ['u', 'copy', false],
    ['v', 'copy', true],
    ['w', 'cpu', true],
  ]);
});

test('a long tensor that comes out as it went in has not changed', async () => {
  const same = f32([1000], wave(3));
  const models = { a: { same, w: f32([2], [1, 2]) }, b: { same, w: f32([2], [3, 4]) } };
  const { plan, options } = await mergeRun({ models });
  const { tensors } = await run(plan, options({ budget: 4096 }));
  expect(tensors.map(({ tensor, changed }) => [tensor, changed])).toEqual([
    ['same', false],
    ['w', true],
  ]);
});

test('a merge that changed nothing is kept, and marked as doubtful', async () => {
  const same = { w: f32([2], [1, 2]) };
  const { plan, options } = await mergeRun({ models: { a: same, b: same } });
  const all = options();
  const { verify } = await run(plan, all);
  expect(verify.problems).toEqual(['nothing changed: every tensor equals the original']);
  expect(all.sink.state()).toBe('committed');
  expect(all.sink.verified()).toBe(false);
});

test('many small blocks give the bytes of one block', async () => {
  const input = { models: family, recipe: ties };
  const whole = await mergeRun(input);
  const wholeRun = whole.options();
  await run(whole.plan, wholeRun);
  const pieces = await mergeRun(input);
  const piecesRun = pieces.options({ budget: 4096 });
  await run(pieces.plan, piecesRun);
  expect(piecesRun.sink.writes.length).toBeGreaterThan(wholeRun.sink.writes.length + 20);
  expect(piecesRun.sink.files).toEqual(wholeRun.sink.files);
});

test('two runs of one recipe give the same bytes in every file', async () => {
  const one = await mergeRun({ models: family, recipe: { method: 'dare_ties' } });
  const sinks = [memorySink(), memorySink()];
  for (const sink of sinks) await run(one.plan, one.options({ sink }));
  expect(sinks[0].files).toEqual(sinks[1].files);
  expect(sinks[0].files.size).toBeGreaterThan(1);
});

test('another output dtype casts what is not merged', async () => {
  const models = {
    base: { w: f32([2], [1, 1]), only: f32([3], [0.5, -2, 1e-3]) },
    a: { w: f32([2], [3, 5]) },
  };
  const recipe = {
    method: 'task_arithmetic',
    values: { lambda: 1 },
    output: { ...emptyRecipe().output, dtype: 'BF16' },
  } as const;
  const { plan, options, reports } = await mergeRun({ models, recipe });
  const all = options();
  await run(plan, all);
  expect(writtenTensor(plan, all.sink, 'w')).toEqual(encode([3, 5], 'BF16'));
  expect(writtenTensor(plan, all.sink, 'only')).toEqual(encode([0.5, -2, 1e-3], 'BF16'));
  expect(reports.map(({ changed }) => changed)).toEqual([null, null]);
});

test('inputs are rounded before the merge when the recipe says so, merged or not', async () => {
  const models = {
    base: { w: f32([2], [1.001, -5]), only: f32([2], [0.5, 1e-3]), steps: i64([1], [7]) },
    a: { w: f32([2], [3.003, -5]), steps: i64([1], [7]) },
  };
  const values = { lambda: 1 };
  const recipe = { method: 'task_arithmetic', values, inputDtype: 'BF16' } as const;
  const { plan, options, reports } = await mergeRun({ models, recipe });
  const all = options();
  await run(plan, all);
  // 3.003 and 0.001 are 3 and 0.00099945068359375 in BF16; written in F32, as the base is.
  expect(floats(writtenTensor(plan, all.sink, 'w'))).toEqual([3, -5]);
  expect(floats(writtenTensor(plan, all.sink, 'only'))).toEqual([0.5, 0.00099945068359375]);
  expect(writtenTensor(plan, all.sink, 'steps')).toEqual(models.base.steps.bytes);
  expect(reports.map(({ changed }) => changed)).toEqual([true, true, false].toSorted());
});

test('one threshold over the whole model is taken on the inputs as they are rounded', async () => {
  // In BF16 both changes of `a` are 1: equal to the threshold, both are kept.
  const models = {
    base: { w: f32([2], [0, 0]) },
    a: { w: f32([2], [1, 1.001]) },
  };
  const recipe = { method: 'ties', trimScope: 'model', inputDtype: 'BF16' } as const;
  const { plan, options } = await mergeRun({ models, recipe, values: { a: { density: 0.5 } } });
  const all = options();
  await run(plan, all);
  expect(floats(writtenTensor(plan, all.sink, 'w'))).toEqual([1, 1]);
});

test('in the mergekit dialect steps are f32 where the models’ dtypes differ', async () => {
  const models = { base: { w: bf16([1], [1]) }, a: { w: f32([1], [1 + 2 ** -20]) } };
  const output = { ...emptyRecipe().output, dtype: 'F32' } as const;
  const recipe = { method: 'task_arithmetic', dialect: 'mergekit', output } as const;
  const { plan, options } = await mergeRun({ models, recipe });
  const all = options();
  await run(plan, all);
  expect(floats(writtenTensor(plan, all.sink, 'w'))).toEqual([1 + 2 ** -20]);
});

test('values too large for the output are counted', async () => {
  const models = { a: { w: f32([3], [70_000, 1, -70_000]) }, b: { w: f32([3], [70_000, 1, 0]) } };
  const output = { ...emptyRecipe().output, dtype: 'F16' } as const;
  const { plan, options } = await mergeRun({ models, recipe: { output } });
  const result = await run(plan, options());
  expect(result.verify.saturated).toBe(1);
  expect(result.tensors[0].saturated).toBe(1);
});

test('shards are written one after the other, each with its own tensors', async () => {
  const output = { ...emptyRecipe().output, shardBytes: 2500 } as const;
  const { plan, options } = await mergeRun({ models: family, recipe: { ...ties, output } });
  const all = options();
  const result = await run(plan, all);
  expect(plan.files).toHaveLength(2);
  expect([...all.sink.files.keys()]).toEqual([
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    ...plan.sideFiles.map(({ name }) => name),
    'amalgam-verify.json',
  ]);
  expect(result.verify.files.map(({ size }) => size)).toEqual([
    ...plan.files.map(({ byteLength }) => byteLength),
    ...plan.sideFiles.map(({ name }) => all.sink.files.get(name)!.length),
  ]);
});

test('accounts are written beside the merge, and verified with it', async () => {
  const { plan, options } = await mergeRun({ models: family, recipe: ties });
  const all = options({ accounts: [{ name: 'amalgam-scores.json', text: '{}' }] });
  const { verify } = await run(plan, all);
  expect(new TextDecoder().decode(all.sink.files.get('amalgam-scores.json'))).toBe('{}');
  expect(verify.files.map(({ name }) => name)).toContain('amalgam-scores.json');
});

test('progress goes through merging and verifying', async () => {
  const { plan, options, progress } = await mergeRun({ models: family, recipe: ties });
  const sink = memorySink({ delay: 120 });
  await run(plan, options({ sink }));
  expect(new Set(progress.map(({ phase }) => phase))).toEqual(new Set(['merging', 'verifying']));
  const merging = progress.filter(({ phase }) => phase === 'merging').at(-1)!;
  expect(merging.bytesTotal).toBe(plan.files[0].byteLength);
  expect(merging.tensorsTotal).toBe(2);
});

test('a method’s remark on a tensor is in its report', async () => {
  const models = { a: { w: f32([2], [1, 0]) }, b: { w: f32([2], [1, 0]) } };
  const { plan, options, reports } = await mergeRun({ models, recipe: { method: 'slerp' } });
  await run(plan, options());
  expect(reports[0].notes).toHaveLength(1);
  expect(reports[0].notes[0]).toContain('LERP');
});
