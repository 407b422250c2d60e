/** The page that benchmarks drive: makes models, merges them with the app's engine, copies the same bytes. */
import { startEngine } from '../../src/engine/client.ts';
import type { BackendChoice, Handle, Progress } from '../../src/engine/protocol.ts';
import { emptyRecipe } from '../../src/recipe/defaults.ts';
import type { ModelRef, Recipe } from '../../src/recipe/recipe.ts';
import { layoutOf, type Shape, TILE } from '../synthetic.ts';
import { expertValues } from '../values.ts';
import type { Order } from './orders.ts';

export type Family = {
  readonly shape: Shape;
  readonly experts: number;
  readonly hasBase: boolean;
  /** Files of their own in private storage, or one tile there that stands for the whole file. */
  readonly stored: 'whole' | 'one tile';
};

export type MergeOrder = {
  readonly method: string;
  readonly backend: BackendChoice;
  /** Bytes. */
  readonly memoryBudget: number;
  /** Seconds after which the merge is given up; what was seen until then is told. */
  readonly patience: number;
};

export type Merged = {
  readonly seconds: number;
  /** From 0 to 1; less than 1 when it was given up. */
  readonly done: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly backend: string;
};

let files: ReadonlyMap<string, Handle> = new Map();
let baseName: string | null = null;
const engine = startEngine();

/** A worker for one order: nothing it held is in memory when the next thing is measured. */
function ask(order: Order): Promise<number> {
  const worker = new Worker(new URL('./page.worker.ts', import.meta.url), { type: 'module' });
  return new Promise<number>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(order);
  }).finally(() => worker.terminate());
}

async function stored(name: string): Promise<FileSystemFileHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getFileHandle(name);
}

/** A file whose weights are one stored tile, again and again: its parts are shared, none is copied. */
async function repeated(name: string, model: number, shape: Shape): Promise<Handle> {
  const { header, byteLength } = layoutOf(shape);
  await ask({ kind: 'tile', name, model });
  const tile = await (await stored(name)).getFile();
  const parts: BlobPart[] = [header];
  for (let left = byteLength - header.length; left > 0; left -= 2 * TILE) {
    parts.push(left < 2 * TILE ? tile.slice(0, left) : tile);
  }
  return { kind: 'file', path: 'model.safetensors', file: new File(parts, name) };
}

async function whole(name: string, model: number, shape: Shape): Promise<Handle> {
  const { header, byteLength } = layoutOf(shape);
  await ask({ kind: 'model', name, model, header, byteLength });
  const handle = await stored(name);
  return { kind: 'stored', path: 'model.safetensors', handle, size: byteLength };
}

function recipeFor(id: string): Recipe {
  const refs = [...files].map(([name, handle]): ModelRef => {
    return {
      id: name,
      name,
      origin: 'local',
      bytes: handle.kind === 'file' ? handle.file.size : handle.size,
    };
  });
  return {
    ...emptyRecipe(),
    method: id,
    smallShare: 'merge anyway', // a model of tables is copied, all of it
    base: refs.find(({ name }) => name === baseName) ?? null,
    experts: refs
      .filter(({ name }) => name !== baseName)
      .map((model) => ({ model, values: expertValues(id) })),
  };
}

const bench = {
  async make({ shape, experts, hasBase, stored: how }: Family): Promise<void> {
    const made = new Map<string, Handle>();
    const make = how === 'whole' ? whole : repeated;
    for (let model = hasBase ? 0 : 1; model <= experts; model++) {
      const name = model === 0 ? 'base' : `expert-${model}`;
      made.set(name, await make(name, model, shape));
    }
    files = made;
    baseName = hasBase ? 'base' : null;
  },

  /** The first `count` models read whole, and one of them written. */
  copy: (count: number, readBack: boolean) =>
    ask({ kind: 'copy', from: [...files.keys()].slice(0, count), to: 'copy', readBack }),

  async merge({ method, backend, memoryBudget, patience }: MergeOrder): Promise<Merged> {
    for (const [name, handle] of files) await engine.open(name, name, [handle]);
    const recipe = recipeFor(method);
    const { kind } = await engine.device(backend);
    const producer = { version: 'bench', backend: kind };
    const order = { recipe, recipeHash: '', producer };
    // Planned beforehand, as the page does.
    const prospect = await engine.plan(order);
    if ('findings' in prospect) throw new Error(JSON.stringify(prospect.findings));

    const began = performance.now();
    let last: Progress | null = null;
    const onProgress = (progress: Progress) => {
      last = progress;
    };
    const signal = AbortSignal.timeout(patience * 1000);
    try {
      const options = { backend, memoryBudget };
      const listeners = { onProgress, signal };
      const to = { kind: 'opfs', folder: 'merged' } as const;
      const { verify, seconds, bytesRead, bytesWritten, ...result } = await engine.run(
        order,
        to,
        options,
        listeners,
      );
      if (!verify.ok) throw new Error(verify.problems.join('\n'));
      return { seconds, done: 1, bytesRead, bytesWritten, backend: result.backend };
    } catch (error) {
      if (!signal.aborted) throw error;
      const { bytesDone, bytesTotal, phase } = last ?? { bytesDone: 0, bytesTotal: 1, phase: '' };
      const done = phase === 'merging' ? bytesDone / bytesTotal : 0;
      const seconds = (performance.now() - began) / 1000;
      return { seconds, done, bytesRead: 0, bytesWritten: bytesDone, backend };
    }
  },

  /** Frees the room that the last merge takes. */
  forget: () => engine.removeFinished('merged'),
};

export type Bench = typeof bench;

declare global {
  interface Window {
    bench: Bench;
  }
}
window.bench = bench;
