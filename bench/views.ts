/** How long a person waits for a picture of conflicts, by the processor time of this process, all of its threads. */
import { Library } from '../src/engine/library/library.ts';
import { Samples } from '../src/engine/preview/sample.ts';
import { scan } from '../src/engine/preview/scan.ts';
import type { Model } from '../src/formats/model.ts';
import { layOut, type TensorSpec } from '../src/formats/safetensors/write.ts';
import type { Source } from '../src/io/source.ts';
import { plan } from '../src/plan/plan.ts';
import type { Plan } from '../src/plan/types.ts';
import { emptyRecipe } from '../src/recipe/defaults.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { numberFlag, type Row, rounded, type Surroundings, type Table } from './part.ts';
import { TILE, weightsOf } from './synthetic.ts';

/** Shape of a model of a billion parameters: 22 layers of 7 matrices. */
const [layers, width, middle, keys] = [22, 2048, 5632, 256];
const matrices: readonly (readonly [name: string, rows: number, columns: number])[] = [
  ['self_attn.q_proj', width, width],
  ['self_attn.k_proj', keys, width],
  ['self_attn.v_proj', keys, width],
  ['self_attn.o_proj', width, width],
  ['mlp.gate_proj', middle, width],
  ['mlp.up_proj', middle, width],
  ['mlp.down_proj', width, middle],
];
const rank = 16;
const modules = Array.from({ length: layers }, (_, layer) =>
  matrices.map(([name, rows, columns]) => ({
    name: `model.layers.${layer}.${name}`,
    ...{ rows, columns },
  })),
).flat();

const model: readonly TensorSpec[] = modules.map(({ name, rows, columns }) => ({
  name: `${name}.weight`,
  dtype: 'BF16',
  shape: [rows, columns],
}));
const adapter: readonly TensorSpec[] = modules.flatMap(({ name, rows, columns }) => [
  { name: `base_model.model.${name}.lora_A.weight`, dtype: 'BF16', shape: [rank, columns] },
  { name: `base_model.model.${name}.lora_B.weight`, dtype: 'BF16', shape: [rows, rank] },
]);
const config = JSON.stringify({ peft_type: 'LORA', r: rank, lora_alpha: rank, target_modules: [] });

export async function measure(surroundings: Surroundings): Promise<readonly Table[]> {
  const repeats = numberFlag(surroundings, 'repeats', 3);
  const rows = [
    await measureCase('two adapters of rank 16 into a base', 'adapters', 'model', repeats),
    await measureCase('two adapters of rank 16 into an adapter', 'adapters', 'adapter', repeats),
    await measureCase('two fine-tunes and a base, TIES', 'models', 'model', repeats),
  ];
  const title = 'Conflicts of a model of 1 billion parameters, milliseconds of processor time';
  const remarks = [
    'First: plan and samples read and tallied. Again: another weight, plan and tally from kept samples.',
    'Dragging: the same from a part of the samples, as while the pointer is held: a quarter, of computed planes a half.',
    `Median of ${repeats}. Files are in memory: a disk adds what it takes to read the samples.`,
  ];
  return [{ title, rows, remarks }];
}

async function measureCase(
  name: string,
  kind: 'adapters' | 'models',
  as: 'model' | 'adapter',
  repeats: number,
): Promise<Row> {
  const library = new Library();
  const base = await library.open('base', 'base', [virtual('model.safetensors', model, 0)]);
  const experts = await Promise.all(
    ['one', 'two'].map((id, i) =>
      library.open(
        id,
        id,
        kind === 'models'
          ? [virtual('model.safetensors', model, i + 1)]
          : [virtual('adapter_model.safetensors', adapter, i + 1), small()],
      ),
    ),
  );
  const ref = ({ id, files }: Model) => {
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    return { id, name: id, origin: 'local', bytes } as const;
  };
  const recipe = (weight: number): Recipe => ({
    ...emptyRecipe(),
    method: kind === 'models' ? 'ties' : 'task_arithmetic',
    base: ref(base),
    experts: experts.map((expert) => ({ model: ref(expert), values: { weight } })),
    output: { ...emptyRecipe().output, as },
  });
  const planOf = (weight: number): Plan => {
    const producer = { version: '0', backend: 'cpu' } as const;
    const order = { recipe: recipe(weight), recipeHash: '', producer, models: library.models() };
    const planned = plan(order);
    if ('plan' in planned) return planned.plan;
    throw new Error(planned.findings.map(({ message }) => message).join('; '));
  };
  const first: number[] = [];
  const again: number[] = [];
  const dragging: number[] = [];
  let sampled = 0;
  for (let i = 0; i < repeats; i++) {
    const signal = new AbortController().signal;
    const tools = { sources: library, samples: new Samples(2 ** 26), budget: 2 ** 27, signal };
    const look = async (weight: number, isCoarse = false) => {
      const began = process.cpuUsage();
      const map = await scan(planOf(weight), ['one', 'two'], { ...tools, isCoarse });
      if (!isCoarse) sampled = map.sampled;
      const { user, system } = process.cpuUsage(began);
      return (user + system) / 1000;
    };
    first.push(await look(1));
    again.push(await look(0.9), await look(0.8));
    dragging.push(await look(0.7, true), await look(0.6, true), await look(0.5, true));
  }
  return {
    merge: name,
    'sampled, M elements': rounded(sampled / 1e6),
    first: rounded(median(first)),
    again: rounded(median(again)),
    dragging: rounded(median(dragging)),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** A file of these tensors whose bytes are one tile over and over; nothing of its size is held. */
function virtual(name: string, tensors: readonly TensorSpec[], seed: number): Source {
  const layout = layOut(tensors, { format: 'pt' });
  const { header } = layout;
  const tile = weightsOf(seed, TILE, 'BF16');
  return {
    name,
    size: layout.byteLength,
    async read(begin, end, _signal, into) {
      const out = into ?? new Uint8Array(end - begin);
      let at = begin;
      while (at < end) {
        const [from, place] =
          at < header.length ? [header, at] : [tile, (at - header.length) % tile.length];
        const part = from.subarray(place, Math.min(from.length, place + end - at));
        out.set(part, at - begin);
        at += part.length;
      }
      return out;
    },
  };
}

function small(): Source {
  const bytes = new TextEncoder().encode(config);
  return {
    name: 'adapter_config.json',
    size: bytes.length,
    read: async (begin, end) => bytes.slice(begin, end),
  };
}
