import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Model } from '../../formats/model.ts';
import { readHeader } from '../../formats/safetensors/header.ts';
import { plan } from '../../plan/plan.ts';
import type { Plan } from '../../plan/types.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { decode } from '../../testing/encode.ts';
import type { MemorySink } from '../../testing/memory-sink.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { runInMemory } from '../../testing/merge-run.ts';
import { refTo } from '../../testing/model.ts';
import { Library } from '../library/library.ts';

// Whole merges of the demo: seconds each, and many times that where the machine is busy.
vi.setConfig({ testTimeout: 180_000 });

const demo = join(import.meta.dirname, '../../../public/demo');
const sourcesOf = (folder: string) =>
  readdirSync(join(demo, folder)).map((name) =>
    memorySource(name, readFileSync(join(demo, folder, name))),
  );

const library = new Library();
const models = new Map<string, Model>();
beforeAll(async () => {
  for (const id of ['base', 'add-lora', 'sort-lora', 'reverse-lora']) {
    models.set(id, await library.open(id, id, sourcesOf(id)));
  }
});

function planned(recipe: Partial<Recipe>, experts: Readonly<Record<string, number>>): Plan {
  const made = plan({
    recipe: {
      ...emptyRecipe(),
      base: refTo(models.get('base')!),
      experts: Object.entries(experts).map(([id, weight]) => ({
        model: refTo(models.get(id)!),
        values: { weight },
      })),
      values: { lambda: 1 },
      ...recipe,
    },
    models,
    recipeHash: 'hash',
    producer: { version: '0', backend: 'cpu' },
  });
  if ('plan' in made) return made.plan;
  throw new Error(made.findings.map(({ message }) => message).join('\n'));
}

const carriedOut = (made: Plan, budget = 2 ** 28) => runInMemory(made, library, { budget });

/** Tensors of a written safetensors file as numbers. */
async function tensorsIn(sink: MemorySink, name: string): Promise<Map<string, number[]>> {
  const source = memorySource(name, sink.files.get(name)!);
  const { tensors } = await readHeader(source);
  const read = tensors.map(async ({ name: tensor, dtype, begin, end }) => {
    return [tensor, decode(await source.read(begin, end), dtype as 'F32')] as const;
  });
  return new Map(await Promise.all(read));
}

/** What PEFT's definition gives: W + Σ weight · alpha / r · B·A, in f64. */
async function byDefinition(experts: Readonly<Record<string, number>>) {
  const sum = new Map<string, number[]>();
  for (const file of ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']) {
    const source = memorySource(file, readFileSync(join(demo, 'base', file)));
    for (const { name, dtype, begin, end } of (await readHeader(source)).tensors) {
      sum.set(name, decode(await source.read(begin, end), dtype as 'F32'));
    }
  }
  for (const [id, weight] of Object.entries(experts)) {
    const folder = join(demo, id);
    const config = JSON.parse(readFileSync(join(folder, 'adapter_config.json'), 'utf8'));
    const source = memorySource(id, readFileSync(join(folder, 'adapter_model.safetensors')));
    const { tensors } = await readHeader(source);
    const read = async (name: string) => {
      const found = tensors.find((tensor) => tensor.name === name)!;
      return {
        shape: found.shape,
        values: decode(await source.read(found.begin, found.end), found.dtype as 'F32'),
      };
    };
    for (const { name } of tensors.filter((tensor) => tensor.name.endsWith('.lora_A.weight'))) {
      const module = name.replace('base_model.model.', '').replace('.lora_A.weight', '');
      const a = await read(name);
      const b = await read(name.replace('lora_A', 'lora_B'));
      const [rank, columns] = a.shape;
      const [rows] = b.shape;
      const scale = config.lora_alpha / (config.use_rslora ? Math.sqrt(config.r) : config.r);
      const into = sum.get(`${module}.weight`)!;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          let dot = 0;
          for (let k = 0; k < rank; k++) dot += b.values[i * rank + k] * a.values[k * columns + j];
          into[i * columns + j] += weight * scale * dot;
        }
      }
    }
  }
  return sum;
}

/** The largest difference between two models, tensor by tensor. */
function distance(a: ReadonlyMap<string, number[]>, b: ReadonlyMap<string, number[]>): number {
  expect([...a.keys()].sort()).toEqual([...b.keys()].sort());
  let most = 0;
  for (const [name, values] of a) {
    const other = b.get(name)!;
    for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] - other[i]));
  }
  return most;
}

const f32 = { ...emptyRecipe().output, dtype: 'F32' } as const;

describe('a model with adapters in it', () => {
  test('is the base plus each scaled update, of different ranks, alphas and rsLoRA', async () => {
    const experts = { 'add-lora': 1, 'sort-lora': 0.5, 'reverse-lora': -0.75 };
    const made = planned({ output: f32 }, experts);
    const { sink, result } = await carriedOut(made);
    expect(result.verify.problems).toEqual([]);
    const { proof } = result.verify;
    expect(proof).toMatchObject({ tensors: 28, near: 0, survival: { all: { elements: 1 } } });
    expect(proof!.elements).toBe(28 * 4 * 32);
    // The weights that all three are added to are told once, and read once.
    expect(result.bytesRead / made.bytesToRead).toBeCloseTo(1, 2);
    expect(
      distance(await tensorsIn(sink, 'model.safetensors'), await byDefinition(experts)),
    ).toBeLessThan(2e-6);
  });
});

/** What an adapter that was written does to the base, in f64, through its own files alone. */
async function bakedAgain(sink: MemorySink, output: Recipe['output']) {
  const id = 'made';
  const files = [...sink.files].map(([name, bytes]) => memorySource(name, bytes));
  models.set(id, await library.open(id, id, files));
  const again = await carriedOut(planned({ output, method: 'task_arithmetic' }, { [id]: 1 }));
  return tensorsIn(again.sink, 'model.safetensors');
}

describe('an adapter of adapters', () => {
  const experts = { 'add-lora': 1, 'sort-lora': 0.5, 'reverse-lora': -0.75 };
  const adapter = { ...f32, as: 'adapter', rank: null } as const;
  const rank = (rank: number) => ({ kind: 'rank', rank, convolutions: null }) as const;

  test('of a weighted sum is exact, and reads back as what was merged', async () => {
    const { sink, result } = await carriedOut(planned({ output: adapter }, experts));
    expect(result.verify.problems).toEqual([]);
    const config = JSON.parse(new TextDecoder().decode(sink.files.get('adapter_config.json')!));
    // Anchored: PEFT's patterns match at the end of a name.
    for (const key of Object.keys(config.rank_pattern)) expect(key).toMatch(/^\^model\\\./);
    expect(config).toMatchObject({ r: 28, lora_alpha: 28, use_rslora: false, peft_type: 'LORA' });
    expect(distance(await bakedAgain(sink, f32), await byDefinition(experts))).toBeLessThan(4e-6);
  });

  test('needs no base, and is the same bytes without it', async () => {
    const withBase = await carriedOut(planned({ output: adapter }, experts));
    const without = await carriedOut(planned({ output: adapter, base: null }, experts));
    expect(without.sink.files.get('adapter_model.safetensors')!.length).toBe(
      withBase.sink.files.get('adapter_model.safetensors')!.length,
    );
    expect(await tensorsIn(without.sink, 'adapter_model.safetensors')).toEqual(
      await tensorsIn(withBase.sink, 'adapter_model.safetensors'),
    );
  });

  test('of the ranks together is the exact one, by the SVD of the factors', async () => {
    const output = { ...adapter, rank: rank(28) };
    const { sink } = await carriedOut(planned({ output }, experts));
    expect(distance(await bakedAgain(sink, f32), await byDefinition(experts))).toBeLessThan(4e-6);
  });

  test('of a smaller rank tells what it keeps', async () => {
    const output = { ...adapter, rank: rank(4) };
    const made = planned({ output }, experts);
    // Each file once, though every module becomes two tensors.
    expect(made.bytesToRead).toBeLessThan(61_400 + 324_520 + 324_632);
    const { sink, result } = await carriedOut(made);
    const tensors = await tensorsIn(sink, 'adapter_model.safetensors');
    const [, a] = [...tensors].find(([name]) => name.endsWith('lora_A.weight'))!;
    expect(a.length % 4).toBe(0);
    expect(result.tensors.map(({ backend }) => backend)).not.toContain('copy');
    const card = new TextDecoder().decode(sink.files.get('README.md'));
    expect(card).toContain('library_name: peft');
    expect(card).toContain('This is an adapter in PEFT’s naming, of rank 4. It goes onto ');
    expect(result.tensors[0].notes[0]).toMatch(/^rank 4 keeps \d+\.\d+ %$/);
    const far = distance(await bakedAgain(sink, f32), await byDefinition(experts));
    expect(far).toBeGreaterThan(1e-4);
  });

  test('of a TIES merge at full rank is the model that TIES makes', async () => {
    const ties = { method: 'ties', values: { lambda: 1 } };
    const model = await carriedOut(planned({ ...ties, output: f32 }, experts));
    const kept = await carriedOut(
      planned({ ...ties, output: { ...adapter, rank: rank(512) } }, experts),
    );
    expect(kept.result.verify.problems).toEqual([]);
    const expected = await tensorsIn(model.sink, 'model.safetensors');
    expect(distance(await bakedAgain(kept.sink, f32), expected)).toBeLessThan(1e-4);
  });

  test('of a merge whose matrix is beyond the memory is refused with what to do', async () => {
    const made = planned({ method: 'ties', output: { ...adapter, rank: rank(4) } }, experts);
    await expect(carriedOut(made, 2 ** 18)).rejects.toMatchObject({
      message: expect.stringMatching(/takes the whole matrix of \d+ × \d+: 1 MiB, of the 1 MiB/),
    });
  });

  test('of a DARE merge at full rank has the noise of the model, the same for both factors', async () => {
    const dare = { method: 'dare_linear', values: { seed: 7 } };
    const one = { 'add-lora': 1 };
    const model = await carriedOut(planned({ ...dare, output: f32 }, one));
    const kept = await carriedOut(
      planned({ ...dare, output: { ...adapter, rank: rank(512) } }, one),
    );
    const expected = await tensorsIn(model.sink, 'model.safetensors');
    expect(distance(await bakedAgain(kept.sink, f32), expected)).toBeLessThan(1e-4);
  });

  test('leaves out what a rule keeps as the base has it', async () => {
    const filter = { kind: 'contains', text: 'q_proj' } as const;
    const keeps = [{ id: 'k', filter, from: { kind: 'base' } }] as const;
    const model = await carriedOut(planned({ keeps, output: f32 }, experts));
    const kept = await carriedOut(planned({ keeps, output: adapter }, experts));
    const expected = await tensorsIn(model.sink, 'model.safetensors');
    expect(distance(await bakedAgain(kept.sink, f32), expected)).toBeLessThan(4e-6);
  });

  test.each([
    ['one threshold for all', { method: 'ties', trimScope: 'model' }, 'One trim threshold'],
    ['rounded inputs', { inputDtype: 'BF16' }, 'Inputs are to be rounded to BF16'],
    ['an arc of weights', { method: 'slerp' }, 'SLERP is computed from whole weights'],
    [
      'one model’s weights',
      {
        keeps: [
          {
            ...{ id: 'k', filter: { kind: 'contains', text: 'q_proj' } },
            from: { kind: 'model', model: 'add-lora' },
          },
        ],
      },
      'A rule keeps',
    ],
    ['a mean of weights that sum to 0', { method: 'linear' }, 'The weights 1 + -1 sum to 0'],
  ] as [string, Partial<Recipe>, string][])('is refused of %s', (_, asked, why) => {
    const two = { 'add-lora': 1, 'sort-lora': -1 };
    expect(() => planned({ ...asked, output: adapter }, two)).toThrow(why);
  });
});
