import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Library } from '../../src/engine/library/library.ts';
import type { Model } from '../../src/formats/model.ts';
import type { ParamValue } from '../../src/methods/params.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { refTo } from '../../src/testing/model.ts';
import { mergeToDisk, openFolder } from '../engine-on-disk.ts';
import cases from './cases.json';

type Values = Readonly<Record<string, ParamValue>>;
type Merge = {
  readonly method: string;
  readonly values: Values;
  readonly experts: readonly Values[];
};
type Output = Pick<Recipe['output'], 'rank' | 'as'>;

/** Every output of every scene, and the base with each adapter alone. */
export async function mergeAll(models: string, out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  for (const [scene, adapters] of Object.entries(cases.scenes)) {
    const folder = scene === 'demo' ? join('public', 'demo') : join(models, scene);
    const library = new Library();
    const open = (id: string) => openFolder(library, id, join(folder, id));
    const base = await open('base');
    const experts = await Promise.all(adapters.map(open));
    const write = async (name: string, recipe: Partial<Recipe>, taking: readonly Model[]) => {
      try {
        await mergeToDisk(
          library,
          { ...recipe, base: refTo(base) },
          [base, ...taking],
          join(out, scene, name),
        );
        console.log(`${scene}, ${name}: written`);
      } catch (error) {
        console.log(`${scene}, ${name}: ${error instanceof Error ? error.message : error}`);
      }
    };
    for (const output of cases.outputs) {
      const { method, values, experts: own } = cases.merges[output.merge as 'sum'] as Merge;
      const recipe = {
        ...{ method, values, output: outputOf(output as Output) },
        experts: experts.map((model, i) => ({ model: refTo(model), values: own[i] })),
      };
      await write(output.name, recipe, experts);
    }
    for (const model of experts) {
      const alone = [{ model: refTo(model), values: { weight: 1 } }];
      const output = outputOf({ as: 'model', rank: null });
      await write(`${model.name}, baked`, { values: { lambda: 1 }, experts: alone, output }, [
        model,
      ]);
    }
  }
}

/** Adapters of names.py: each naming of the first, there and back, and of both merged. */
export async function nameAll(models: string, out: string): Promise<void> {
  const names = join(models, 'names');
  for (const model of existsSync(names) ? readdirSync(names) : []) {
    const library = new Library();
    const open = (folder: string) => openFolder(library, folder, folder);
    const folders = readdirSync(join(names, model)).sort();
    const [one, other] = await Promise.all(folders.map((each) => open(join(names, model, each))));
    const write = async (
      name: string,
      naming: Recipe['output']['naming'],
      weights: ReadonlyMap<Model, number>,
    ) => {
      const folder = join(out, 'names', model, name);
      const experts = [...weights].map(([each, weight]) => ({
        model: refTo(each),
        values: { weight },
      }));
      const output = { ...outputOf({ as: 'adapter', rank: null }), naming };
      const recipe = { base: null, experts, values: { lambda: 1 }, output };
      await mergeToDisk(library, recipe, [...weights.keys()], folder);
      console.log(`${model}, ${name}: written`);
      return folder;
    };
    const kohya = await write('to kohya', 'kohya', new Map([[one, 1]]));
    const made = await open(kohya);
    await write('to kohya and back', 'diffusers', new Map([[made, 1]]));
    const merged = new Map([
      [made, 1],
      [other, 0.5],
    ]);
    await write('merged with kohya first', 'as the first adapter', merged);
    await write('merged to diffusers', 'diffusers', merged);
  }
}

const outputOf = (output: Output): Recipe['output'] => ({
  ...{ name: 'merged', shardBytes: null, dtype: 'F32', naming: 'as the first adapter' },
  ...output,
});
