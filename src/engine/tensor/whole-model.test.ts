import { expect, test } from 'vitest';
import { DeviceLostError } from '../../compute/backend.ts';
import { encode } from '../../testing/encode.ts';
import { fallbackTo, mergeRun, writtenTensor } from '../../testing/merge-run.ts';
import { bf16, f32, type TestTensor } from '../../testing/model-file.ts';
import { troubledBackend } from '../../testing/troubled-backend.ts';
import { run } from '../run/run.ts';

/**
 * Task vectors by hand: u 8 1 -2 and v 4 4 -1 6 16. At density 0.5 four of eight are kept; the
 * fourth largest is 4 and there are two of it, so five stay.
 */
const base = { u: f32([3], [1, 1, 1]), v: f32([5], [0, 1, 0, 0, 0]) };
const a = { u: f32([3], [9, 2, -1]), v: f32([5], [4, 5, -1, 6, 16]) };
const merged = { u: [9, 1, 1], v: [4, 5, 0, 6, 16] };

const recipe = { method: 'ties', values: { lambda: 1 }, trimScope: 'model' } as const;
const half = { a: { density: 0.5, weight: 1 } };

async function mergedFloats(
  models: Record<string, Record<string, TestTensor>>,
  over: Parameters<Awaited<ReturnType<typeof mergeRun>>['options']>[0] = {},
  values: Record<string, Record<string, number>> = half,
) {
  const { plan, options, progress } = await mergeRun({ models, recipe, values });
  const all = options(over);
  await run(plan, all);
  const of = (name: string) => [
    ...new Float32Array(writtenTensor(plan, all.sink, name).slice().buffer),
  ];
  return { plan, progress, u: of('u'), v: of('v') };
}

test('one threshold over two tensors keeps everything at least as large', async () => {
  const { plan, u, v } = await mergedFloats({ base, a });
  expect(plan.wholeModelCounts).toEqual([4]);
  expect(u).toEqual(merged.u);
  expect(v).toEqual(merged.v);
});

test('the trim of each tensor alone would keep others', async () => {
  const { plan, options } = await mergeRun({
    models: { base, a },
    recipe: { ...recipe, trimScope: 'tensor' },
    values: half,
  });
  const all = options();
  await run(plan, all);
  expect(writtenTensor(plan, all.sink, 'v')).toEqual(encode([0, 1, 0, 6, 16], 'F32'));
});

test('blocks of any size give the same threshold', async () => {
  const long = (step: number) =>
    f32(
      [900],
      Array.from({ length: 900 }, (_, i) => (i * step) % 97),
    );
  const models = { base: { u: long(0), v: long(0) }, a: { u: long(7), v: long(11) } };
  const whole = await mergedFloats(models);
  const pieces = await mergedFloats(models, { budget: 4096 });
  expect(pieces.u).toEqual(whole.u);
  expect(pieces.v).toEqual(whole.v);
  const kept = [...whole.u, ...whole.v].filter((value) => value !== 0);
  expect(kept.length).toBeGreaterThanOrEqual(900);
  expect(kept.length).toBeLessThan(900 + 25);
});

test('tensors of different dtypes share one threshold', async () => {
  const mixed = {
    base: { u: base.u, v: bf16([5], [0, 1, 0, 0, 0]) },
    a: { u: a.u, v: bf16([5], [4, 5, -1, 6, 16]) },
  };
  const { plan, options } = await mergeRun({ models: mixed, recipe, values: half });
  const all = options();
  await run(plan, all);
  expect(writtenTensor(plan, all.sink, 'u')).toEqual(encode(merged.u, 'F32'));
  expect(writtenTensor(plan, all.sink, 'v')).toEqual(encode(merged.v, 'BF16'));
});

test('each expert has its own threshold, and one that keeps all is not measured', async () => {
  const backend = troubledBackend([]);
  const values = { a: { density: 0.5, weight: 1 }, b: { density: 1, weight: 1 } };
  const { u } = await mergedFloats({ base, a, b: base }, { backend }, values);
  // b changes nothing; with a zero task vector it has no vote, so a's values stand.
  expect(u).toEqual(merged.u);
  expect(backend.asked.filter((call) => call === 'measure')).toHaveLength(1);
});

test('a device lost while measuring: the measuring is done again', async () => {
  const error = () => new DeviceLostError('gone');
  const broken = troubledBackend([]);
  const backend = { ...broken, measure: () => Promise.reject(error()) };
  const { u, v } = await mergedFloats({ base, a }, { backend, fallback: fallbackTo(null) });
  expect([u, v]).toEqual([merged.u, merged.v]);
});

test('the measuring is a phase of its own in the progress', async () => {
  const { progress } = await mergedFloats({ base, a });
  expect(progress[0]).toMatchObject({ phase: 'measuring', bytesTotal: 2 * 8 * 4 });
});
