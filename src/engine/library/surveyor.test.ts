import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Matrix as Oracle, SingularValueDecomposition } from 'ml-matrix';
import { expect, test } from 'vitest';
import { readHeader } from '../../formats/safetensors/header.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { decode } from '../../testing/encode.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { refTo } from '../../testing/model.ts';
import { f32, modelFile } from '../../testing/model-file.ts';
import type { CosineGrid, PairRow, SpectrumRow, SurveyRows } from '../../views/survey.ts';
import { Library } from './library.ts';
import { partOf } from './survey-parts.ts';
import { Surveyor } from './surveyor.ts';

const never = new AbortController().signal;
const all = { from: 0, to: 1000 };

type Files = Readonly<Record<string, Uint8Array>>;

async function opened(models: Readonly<Record<string, Files>>, base: string | null) {
  const library = new Library();
  const refs = new Map<string, ReturnType<typeof refTo>>();
  for (const [id, files] of Object.entries(models)) {
    const sources = Object.entries(files).map(([name, bytes]) => memorySource(name, bytes));
    refs.set(id, refTo(await library.open(id, id, sources)));
  }
  const recipe: Recipe = {
    ...emptyRecipe(),
    base: base === null ? null : refs.get(base)!,
    experts: [...refs]
      .filter(([id]) => id !== base)
      .map(([, model]) => ({ model, values: { weight: 3 } })),
  };
  return { library, recipe, surveyor: new Surveyor(library) };
}

async function surveyed(models: Readonly<Record<string, Files>>, base: string | null) {
  const { recipe, surveyor } = await opened(models, base);
  const found = (await surveyor.survey(recipe, never, () => {}))!;
  return {
    ...found,
    spectra: (model: string) =>
      (partOf(found, { kind: 'spectra', model, ...all }) as SurveyRows<SpectrumRow>).rows,
    pair: (one: string, other: string) =>
      (partOf(found, { kind: 'pair', models: [one, other], ...all }) as SurveyRows<PairRow>).rows,
    grid: (one: string, other: string) =>
      partOf(found, { kind: 'grid', models: [one, other] }) as CosineGrid,
  };
}

const demo = join(import.meta.dirname, '../../../public/demo');
const folder = (id: string): Files =>
  Object.fromEntries(
    readdirSync(join(demo, id)).map((name) => [name, readFileSync(join(demo, id, name))]),
  );

/** alpha / r · B·A of every module of a demo's adapter, row by row, by plain loops. */
async function updatesOf(id: string): Promise<Map<string, number[][]>> {
  const files = folder(id);
  const { r, lora_alpha, use_rslora } = JSON.parse(
    new TextDecoder().decode(files['adapter_config.json']),
  );
  const source = memorySource(id, files['adapter_model.safetensors']);
  const stored = new Map<string, { rows: number; columns: number; values: number[] }>();
  for (const { name, dtype, shape, begin, end } of (await readHeader(source)).tensors) {
    const values = decode(await source.read(begin, end), dtype as 'F32');
    stored.set(name, { rows: shape[0], columns: shape[1], values });
  }
  const updates = new Map<string, number[][]>();
  for (const [name, a] of stored) {
    if (!name.endsWith('.lora_A.weight')) continue;
    const b = stored.get(name.replace('lora_A', 'lora_B'))!;
    const rows = Array.from({ length: b.rows }, (_, i) =>
      Array.from({ length: a.columns }, (_, j) => {
        let sum = 0;
        for (let k = 0; k < a.rows; k++) {
          sum += b.values[i * b.columns + k] * a.values[k * a.columns + j];
        }
        return (sum * lora_alpha) / (use_rslora ? Math.sqrt(r) : r);
      }),
    );
    const module = name.replace('base_model.model.', '').replace('.lora_A.weight', '.weight');
    updates.set(module, rows);
  }
  return updates;
}

const dot = (one: readonly number[][], other: readonly number[][]) =>
  one.reduce((sum, row, i) => sum + row.reduce((s, value, j) => s + value * other[i][j], 0), 0);

test('spectra, norms and cosines of the demo’s adapters are those of their matrices in full', async () => {
  const ids = ['add-lora', 'sort-lora', 'reverse-lora'];
  const models = Object.fromEntries(['base', ...ids].map((id) => [id, folder(id)]));
  const { survey, spectra, pair } = await surveyed(models, 'base');
  const updates = await Promise.all(ids.map(updatesOf));
  const total = (i: number, j: number) =>
    [...updates[i]].reduce((sum, [name, rows]) => {
      const other = updates[j].get(name);
      return other ? sum + dot(rows, other) : sum;
    }, 0);
  for (const [i, id] of ids.entries()) {
    const rows = spectra(id);
    expect(rows.map(({ tensor }) => tensor).toSorted()).toEqual([...updates[i].keys()].toSorted());
    for (const { tensor, found, rank } of rows.slice(0, 7)) {
      const full = updates[i].get(tensor)!;
      const expected = new SingularValueDecomposition(new Oracle(full), {
        autoTranspose: true,
      }).diagonal;
      for (const [k, value] of found!.values.entries()) {
        expect(Math.abs(value - expected[k])).toBeLessThan(1e-9 * expected[0]);
      }
      expect(found!.values).toHaveLength(rank!);
      expect(found!.norm).toBeCloseTo(Math.sqrt(dot(full, full)), 9);
    }
    expect(survey.adapters[i]).toMatchObject({
      model: id,
      weights: rows.length,
      known: rows.length,
    });
    expect(survey.adapters[i].norm).toBeCloseTo(Math.sqrt(total(i, i)), 9);
    for (const [j] of ids.entries()) {
      const cosine = total(i, j) / Math.sqrt(total(i, i) * total(j, j));
      expect(survey.cosines[i][j]).toBeCloseTo(cosine, 9);
    }
  }
  for (const { tensor, cosine, norms } of pair('add-lora', 'sort-lora')) {
    const [one, other] = [updates[0].get(tensor)!, updates[1].get(tensor)!];
    expect(cosine).toBeCloseTo(dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other)), 9);
    expect(norms[1]).toBeCloseTo(Math.sqrt(dot(other, other)), 9);
  }
});

/** A file of kohya: each module's A of rank × 2, B of 2 × rank, and alpha. */
function kohya(modules: Readonly<Record<string, { a: number[]; b: number[]; alpha: number }>>) {
  const entries = Object.entries(modules).flatMap(([name, { a, b, alpha }]) => [
    [`${name}.alpha`, f32([], [alpha])] as const,
    [`${name}.lora_down.weight`, f32([a.length / 2, 2], a)] as const,
    [`${name}.lora_up.weight`, f32([2, b.length / 2], b)] as const,
  ]);
  return { 'style.safetensors': modelFile(Object.fromEntries(entries)) };
}
const sgm = (block: string) => `lora_unet_${block}_1_proj_in`;
/** ΔW = 2·[[3, 0], [0, 4]]: alpha 4, rank 2. */
const diagonal = { a: [1, 0, 0, 1], b: [3, 0, 0, 4], alpha: 4 };
const one = kohya({
  [sgm('input_blocks_4')]: diagonal,
  [sgm('output_blocks_3')]: { a: [1, 0], b: [1, 0], alpha: 1 },
});
/** The first of them turned round, the second at a right angle, in diffusers' names. */
const other = kohya({
  lora_unet_down_blocks_1_attentions_0_proj_in: { ...diagonal, alpha: -4 },
  lora_unet_up_blocks_1_attentions_0_proj_in: { a: [0, 1], b: [1, 0], alpha: 1 },
  lora_unet_mid_block_attentions_0_proj_in: { a: [1, 1], b: [1, 1], alpha: 1 },
});
const unet = {
  'model.safetensors': modelFile(
    Object.fromEntries(
      ['input_blocks.4', 'middle_block', 'output_blocks.3'].map((block) => [
        `model.diffusion_model.${block}.1.proj_in.weight`,
        f32([2, 2]),
      ]),
    ),
  ),
};

test('hand-worked numbers: spectrum, effective rank, the rank that keeps 99 %, the norm', async () => {
  const { spectra, survey } = await surveyed({ unet, one }, 'unet');
  const [first, second] = spectra('one');
  expect(first).toMatchObject({
    tensor: 'model.diffusion_model.input_blocks.4.1.proj_in.weight',
    ...{ rows: 2, columns: 2, type: 'LoRA', rank: 2, why: null },
  });
  const { values, effectiveRank, rank99, norm } = first.found!;
  expect(values[0]).toBeCloseTo(8, 12);
  expect(values[1]).toBeCloseTo(6, 12);
  expect(norm).toBeCloseTo(10, 12);
  const entropy = -(4 / 7) * Math.log(4 / 7) - (3 / 7) * Math.log(3 / 7);
  expect(effectiveRank).toBeCloseTo(Math.exp(entropy), 12);
  expect(rank99).toBe(2);
  expect(second.found).toMatchObject({ values: [1], effectiveRank: 1, rank99: 1, norm: 1 });
  // √(8² + 6² + 1²); the expert's weight of 3 is of the merge, not of the adapter.
  expect(survey.adapters[0].norm).toBeCloseTo(Math.sqrt(101), 12);
  expect(survey.adapters[0].largest).toBeCloseTo(8, 12);
});

test('adapters that name modules differently are compared where they meet', async () => {
  const { pair, survey, grid } = await surveyed({ unet, one, other }, 'unet');
  const rows = pair('one', 'other');
  expect(rows.map(({ tensor }) => tensor.split('.')[2])).toEqual(['input_blocks', 'output_blocks']);
  expect(rows[0].cosine).toBeCloseTo(-1, 12);
  expect(rows[1].cosine).toBe(0);
  expect(survey.shared).toEqual([
    [2, 2],
    [2, 3],
  ]);
  // −100 over √101 · √(100 + 1 + 4): the third module of the other is 0 in the first.
  expect(survey.cosines[0][1]).toBeCloseTo(-100 / Math.sqrt(101 * 105), 12);
  expect(survey.cosines[0][0]).toBeCloseTo(1, 12);
  const { rows: depths, columns, cells } = grid('one', 'other');
  expect(depths).toEqual(['input_blocks 4', 'output_blocks 3']);
  expect(columns).toEqual(['*.proj_in']);
  expect(cells[0][0]).toBeCloseTo(-1, 12);
  expect(cells[1][0]).toBe(0);
});

test('without a base adapters meet each other', async () => {
  const { survey } = await surveyed({ one, other }, null);
  expect(survey.shared[0][1]).toBe(2);
});

test('a LoHa is not known by two factors, and it is said', async () => {
  const key = sgm('input_blocks_4');
  const loha = {
    'loha.safetensors': modelFile({
      [`${key}.hada_w1_a`]: f32([2, 1]),
      [`${key}.hada_w1_b`]: f32([1, 2]),
      [`${key}.hada_w2_a`]: f32([2, 1]),
      [`${key}.hada_w2_b`]: f32([1, 2]),
    }),
  };
  const { spectra, survey, pair } = await surveyed({ unet, one, loha }, 'unet');
  expect(spectra('loha')).toMatchObject([
    { type: 'LoHa', found: null, why: 'LoHa is not stored as two factors' },
  ]);
  expect(survey.adapters[1]).toMatchObject({ weights: 1, known: 0, norm: 0 });
  expect(survey.cosines[0][1]).toBeNull();
  expect(pair('one', 'loha')[0].cosine).toBeNull();
});

test('an adapter with NaN is told by place, and the others are not touched by it', async () => {
  const broken = kohya({ [sgm('output_blocks_3')]: { a: [1, Number.NaN], b: [1, 0], alpha: 1 } });
  const { spectra } = await surveyed({ unet, broken }, 'unet');
  expect(spectra('broken')[0]).toMatchObject({ found: null, why: expect.stringContaining('NaN') });
});

test('it is made once, tells how far it is, and ends when it is cancelled', async () => {
  const { recipe, surveyor, library } = await opened({ unet, one, other }, 'unet');
  const made = await surveyor.survey(recipe, never, () => {});
  const weights = { ...recipe, experts: recipe.experts.map((each) => ({ ...each, values: {} })) };
  expect(await surveyor.survey(weights, never, () => {})).toBe(made);
  library.close('other');
  expect(await surveyor.survey(recipe, never, () => {})).toBeNull();
  const cancelled = AbortSignal.abort();
  const alone = { ...recipe, experts: recipe.experts.slice(0, 1) };
  await expect(surveyor.survey(alone, cancelled, () => {})).rejects.toThrow(/abort/i);
});

test('rows are told as far as they are seen', async () => {
  const { recipe, surveyor } = await opened({ unet, one, other }, 'unet');
  const made = (await surveyor.survey(recipe, never, () => {}))!;
  const window = { kind: 'spectra', model: 'other', from: 1, to: 2 } as const;
  expect(partOf(made, window)).toMatchObject({ from: 1, count: 3, rows: [{ rank: 1 }] });
  expect(partOf(made, { ...window, model: 'nobody' })).toBeNull();
});
