/** The page that the end-to-end benchmark drives: makes models, merges them, copies the same bytes. */
import { startEngine } from '../src/engine/client.ts';
import type { BackendChoice } from '../src/engine/protocol.ts';
import type { Model } from '../src/formats/model.ts';
import { plan } from '../src/plan/plan.ts';
import { emptyRecipe } from '../src/recipe/defaults.ts';
import type { ModelRef, Recipe } from '../src/recipe/recipe.ts';
import type { Order } from './end-to-end.worker.ts';

const names = ['base', 'first', 'second', 'third'];
const worker = new Worker(new URL('./end-to-end.worker.ts', import.meta.url), { type: 'module' });
const engine = startEngine();

function ask(order: Order): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(order);
  });
}

async function fileOf(name: string): Promise<File> {
  const root = await navigator.storage.getDirectory();
  return (await root.getFileHandle(name)).getFile();
}

async function openAll(): Promise<ReadonlyMap<string, Model>> {
  const models = new Map<string, Model>();
  for (const name of names) {
    const file = await fileOf(`${name}.safetensors`);
    const handle = { kind: 'file', path: 'model.safetensors', file } as const;
    models.set(name, await engine.open(name, name, [handle]));
  }
  return models;
}

function recipeOf(models: ReadonlyMap<string, Model>): Recipe {
  const refs = names.map((name): ModelRef => {
    const bytes = models.get(name)?.files[0].size ?? 0;
    return { id: name, name, origin: 'local', bytes };
  });
  return {
    ...emptyRecipe(),
    method: 'ties',
    base: refs[0],
    experts: refs.slice(1).map((model) => ({ model, values: { density: 0.2, weight: 1 } })),
  };
}

export type Measured = { readonly seconds: number; readonly copySeconds: number };

const bench = {
  /** Four files of `tensors` × 4 Mi bf16 parameters. */
  async make(tensors: number): Promise<void> {
    for (const [seed, name] of names.entries()) {
      await ask({ kind: 'make', name: `${name}.safetensors`, tensors, seed });
    }
  },
  copy: () =>
    ask({ kind: 'copy', from: names.map((name) => `${name}.safetensors`), to: 'copy.bin' }),
  async merge(backend: BackendChoice, memoryBudget: number): Promise<number> {
    const models = await openAll();
    const producer = { version: 'bench', backend };
    const planned = plan({ recipe: recipeOf(models), models, recipeHash: '', producer });
    if (!('plan' in planned)) throw new Error(JSON.stringify(planned.findings));
    const folder = `merged-${backend}`;
    const options = { backend, memoryBudget };
    const result = await engine.run(planned.plan, { kind: 'opfs', folder }, options);
    if (!result.verify.ok) throw new Error(result.verify.problems.join('\n'));
    await engine.removeFinished(folder);
    return result.seconds;
  },
};

declare global {
  interface Window {
    bench: typeof bench;
  }
}
window.bench = bench;
