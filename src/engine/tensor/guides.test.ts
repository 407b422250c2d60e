import { expect, test } from 'vitest';
import { DeviceLostError } from '../../compute/backend.ts';
import { cpuBackend } from '../../compute/cpu/backend.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { mergeRun, runInMemory, writtenTensor } from '../../testing/merge-run.ts';
import { f32 } from '../../testing/model-file.ts';
import { troubledBackend } from '../../testing/troubled-backend.ts';

const waves = (k: number, count: number) =>
  Array.from({ length: count }, (_, i) => Math.sin(0.37 * i * (k + 1)) + k);
const shapes = { w: [60, 77], bias: [501], experts: [3, 20, 21] };
const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
const model = (k: number) =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, f32(shape, waves(k, count(shape)))]),
  );

const recipes: readonly {
  readonly method: string;
  readonly values: Recipe['values'];
  readonly dialect?: Recipe['dialect'];
}[] = [
  { method: 'nuslerp', values: { nuslerp_flatten: false } },
  { method: 'nuslerp', values: { nuslerp_flatten: false, nuslerp_row_wise: true } },
  { method: 'model_stock', values: { filter_wise: true } },
  { method: 'della', values: {} },
  { method: 'della_linear', values: {}, dialect: 'mergekit' },
];
const own = { density: 0.5 };

const madeBy = ({ method, values, dialect = 'paper' }: (typeof recipes)[number]) =>
  mergeRun({
    models: { base: model(0), a: model(1), b: model(2) },
    recipe: { method, values, dialect },
    ...(method.startsWith('della') ? { values: { a: own, b: own } } : {}),
  });

test.each(recipes.map((recipe) => [JSON.stringify(recipe), recipe] as const))(
  'blocks that cut rows change nothing: %s',
  async (_, recipe) => {
    const { plan, library } = await madeBy(recipe);
    const roomy = await runInMemory(plan, library);
    // Blocks of a few hundred elements.
    const tight = await runInMemory(plan, library, { backend: cpuBackend(), budget: 20_000 });
    for (const name of Object.keys(shapes)) {
      const written = writtenTensor(plan, tight.sink, name);
      expect(written).toEqual(writtenTensor(plan, roomy.sink, name));
      const base = new Float32Array(waves(0, count(shapes[name as keyof typeof shapes])));
      expect(written).not.toEqual(new Uint8Array(base.buffer));
    }
  },
);

test('whoever goes on at a later block ranks the same rows', async () => {
  const { plan, library } = await madeBy(recipes[3]);
  const wanted = await runInMemory(plan, library);
  let failures = 0;
  const lost = () => {
    failures += 1;
    return new DeviceLostError('gone');
  };
  const backend = troubledBackend([{ tensor: 'w', on: 'map', error: lost, afterBlocks: 2 }]);
  const { sink } = await runInMemory(plan, library, { backend, budget: 20_000 });
  expect(writtenTensor(plan, sink, 'w')).toEqual(writtenTensor(plan, wanted.sink, 'w'));
  expect(failures).toBe(1);
});
