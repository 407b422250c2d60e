import { describe, expect, test } from 'vitest';
import { decode } from '../../testing/encode.ts';
import { mergeRun, writtenTensor } from '../../testing/merge-run.ts';
import { bf16, f32, type TestTensor, tensor } from '../../testing/model-file.ts';
import { run } from './run.ts';

const [E, I, H] = [3, 2, 4];
const count = (n: number, from: number) => Array.from({ length: n }, (_, i) => from + i);

/** Experts of a mixture one by one: every element has a value of its own. */
const split = (shift: number, dtype: 'F32' | 'BF16' = 'F32'): Record<string, TestTensor> =>
  Object.fromEntries(
    count(E, 0).flatMap((e): [string, TestTensor][] => [
      [`m.experts.${e}.down.w`, tensor(dtype, [H, I], count(H * I, shift + 100 * e + 60))],
      [`m.experts.${e}.gate.w`, tensor(dtype, [I, H], count(I * H, shift + 100 * e))],
      [`m.experts.${e}.up.w`, tensor(dtype, [I, H], count(I * H, shift + 100 * e + 30))],
    ]),
  );

/** The same numbers in two tensors. */
const fused = (shift: number): Record<string, TestTensor> => ({
  'm.experts.gate_up': f32(
    [E, 2 * I, H],
    count(E, 0).flatMap((e) => [
      ...count(I * H, shift + 100 * e),
      ...count(I * H, shift + 100 * e + 30),
    ]),
  ),
  'm.experts.down': f32(
    [E, H, I],
    count(E, 0).flatMap((e) => count(H * I, shift + 100 * e + 60)),
  ),
});

const rename = (from: string, to: string) => ({ id: from, model: 'one', from, to });
const cuts = [
  rename('*.gate_up', '*.#.gate.w + *.#.up.w'),
  rename('*.experts.down', '*.experts.#.down.w'),
];
const joins = cuts.map(({ from, to }) => rename(to, from));

async function changes(
  models: Record<string, Record<string, TestTensor>>,
  renames: typeof cuts,
  budget?: number,
) {
  const recipe = { method: 'task_arithmetic', values: { lambda: 1 }, renames };
  const { plan, options } = await mergeRun({ models, recipe });
  const all = options(budget === undefined ? {} : { budget });
  const result = await run(plan, all);
  expect(result.verify.ok).toBe(true);
  return Object.fromEntries(
    plan.jobs.map(({ tensor: name, dtype }) => [
      name,
      decode(writtenTensor(plan, all.sink, name), dtype as 'F32'),
    ]),
  );
}

const valuesOf = (tensors: Record<string, TestTensor>) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { bytes, dtype }]) => [
      name,
      decode(bytes, dtype as 'F32'),
    ]),
  );

describe.each([undefined, 4096])('within a budget of %s', (budget) => {
  test('fused experts are merged into a base that stores them one by one', async () => {
    const models = { base: split(0), one: fused(1000) };
    expect(await changes(models, cuts, budget)).toEqual(valuesOf(split(1000)));
  });

  test('experts stored one by one are merged into a base that stores them fused', async () => {
    const models = { base: fused(0), one: split(1000) };
    expect(await changes(models, joins, budget)).toEqual(valuesOf(fused(1000)));
  });

  test('so they are in another dtype', async () => {
    const models = { base: fused(0), one: split(64, 'BF16') };
    expect(await changes(models, joins, budget)).toEqual(
      Object.fromEntries(
        Object.entries(fused(64)).map(([name, { shape, bytes }]) => [
          name,
          decode(bf16(shape, decode(bytes, 'F32')).bytes, 'BF16'),
        ]),
      ),
    );
  });
});

test('a whole tensor that is put together is kept as its pieces, in order', async () => {
  const keeps = [
    { id: 'k', filter: { kind: 'misfit' }, from: { kind: 'model', model: 'one' } },
  ] as const;
  const base = { ...fused(0), 'm.experts.gate_up': f32([3, 9]) };
  const recipe = { method: 'task_arithmetic', renames: joins, keeps };
  const { plan, options } = await mergeRun({ models: { base, one: split(1000) }, recipe });
  const all = options();
  await run(plan, all);
  expect(decode(writtenTensor(plan, all.sink, 'm.experts.gate_up'), 'F32')).toEqual(
    valuesOf(fused(1000))['m.experts.gate_up'],
  );
});
