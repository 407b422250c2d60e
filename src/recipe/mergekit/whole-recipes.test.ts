/**
 * What mergekit itself makes of whole recipes, on small models of four architectures; see tools/check-mergekit. Models
 * are made here again from the same noise.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { Library } from '../../engine/library/library.ts';
import { elementCount, type StoredTensor, storedOf } from '../../formats/model.ts';
import type { FloatDtype } from '../../numerics/dtype.ts';
import { noise, tensorKey } from '../../numerics/random.ts';
import { plan } from '../../plan/plan.ts';
import { decode } from '../../testing/encode.ts';
import goldens from '../../testing/goldens/recipes.json' with { type: 'json' };
import { memorySource } from '../../testing/memory-source.ts';
import { runInMemory } from '../../testing/merge-run.ts';
import { refTo } from '../../testing/model.ts';
import { modelFile, tensor } from '../../testing/model-file.ts';
import { emptyRecipe } from '../defaults.ts';
import { importMergekit } from './to-recipe.ts';

type Shapes = Readonly<Record<string, number[]>>;
type Told = readonly [digest: string, signed: number, element: number];
type Answer = {
  readonly recipe: string;
  /** What of config.json differs from that of the models. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly dtype: keyof typeof unit;
  /** In order of names, as `tensors` are; those of the models where not given. */
  readonly shapes?: Shapes;
  readonly tensors: readonly Told[];
};
type Refused = { readonly recipe: string; readonly refused: string };
type Architecture = {
  readonly config: Readonly<Record<string, unknown>>;
  readonly stored: FloatDtype;
  readonly shapes: Shapes;
  readonly merged: Readonly<Record<string, Answer | Refused>>;
};

/**
 * Where sums over whole tensors, angles and fused steps leave the last places open: how many units. In all other recipes
 * every byte is mergekit's.
 */
const roughly: Readonly<Record<string, number>> = {
  'arcee-fusion': 1,
  'breadcrumbs-ties': 2,
  'dare-linear-rescaled': 2,
  'dare-ties-drawn': 2,
  della: 2,
  'della-linear': 2,
  karcher: 24,
  linear: 2,
  'linear-sum': 2,
  'model-stock': 3,
  'model-stock-rows': 4,
  multislerp: 6,
  'multislerp-base': 2,
  nuslerp: 4,
  'nuslerp-base': 2,
  'nuslerp-columns': 4,
  'nuslerp-rows': 2,
  'ramplus-tl': 2,
  sce: 1,
  'slerp-second': 3,
};

/**
 * What mergekit decides by rounding errors of its f32: in how many tensors of an architecture one element is decided
 * otherwise, by how much at most. In 16 bits it rounds as we do.
 */
const otherwise: Readonly<Record<string, number>> = { 'arcee-fusion': 2 };
const LARGEST_CHANGE = 1 / 64;

/** Written in f32 by mergekit, whatever its config.json says. */
const inF32: readonly string[] = ['ramplus-tl', 'arcee-fusion'];

/** One in the last place of numbers from 1/4 to 1/2, as the largest of these are. */
const unit = { F32: 2 ** -25, F16: 2 ** -12, BF16: 2 ** -9 } as const;

const uniform = (label: string, count: number): number[] => {
  const key = tensorKey(label);
  return Array.from({ length: count }, (_, i) => (noise(1, 0, key, 0, i) >>> 8) / 2 ** 23 - 1);
};

function fileOf(model: string, { shapes, stored }: Architecture): Uint8Array<ArrayBuffer> {
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const own = model === 'base' ? null : uniform(`${model} ${name}`, elementCount(shape));
    const base = uniform(name, elementCount(shape));
    const values = base.map((x, i) => Math.fround(x / 4 + (own ? own[i] / 64 : 0)));
    return [name, tensor(stored, shape, values)] as const;
  });
  return modelFile(Object.fromEntries(tensors));
}

async function opened(architecture: Architecture) {
  const library = new Library();
  const config = new TextEncoder().encode(JSON.stringify(architecture.config));
  const models = await Promise.all(
    ['base', 'a', 'b', 'c'].map((id) =>
      library.open(id, id, [
        memorySource('config.json', config),
        memorySource('model.safetensors', fileOf(id, architecture)),
      ]),
    ),
  );
  return { library, models };
}

const backend = definitionBackend();

type Opened = Awaited<ReturnType<typeof opened>>;

async function merged(text: string, { library, models }: Opened) {
  const read = importMergekit(text, models.map(refTo), emptyRecipe());
  if ('problem' in read) throw new Error(read.problem);
  expect(read.remarks.filter(({ kind }) => kind === 'left out')).toEqual([]);
  const made = plan({
    recipe: read.recipe,
    models: new Map(models.map((model) => [model.id, model])),
    recipeHash: 'hash',
    producer: { version: '0', backend: 'cpu' },
  });
  if (!('plan' in made)) throw new Error(made.findings.map(({ message }) => message).join('\n'));
  const { sink, result } = await runInMemory(made.plan, library, { backend });
  expect(result.verify.problems).toEqual([]);
  return sink.files;
}

async function tensorsIn(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>) {
  const sources = [...files].map(([name, bytes]) => memorySource(name, bytes));
  const { tensors, files: ofModel } = await new Library().open('out', 'out', sources);
  const bytesOf = (entry: StoredTensor) =>
    files.get(ofModel[entry.file].name)!.slice(entry.begin, entry.end);
  return new Map(
    [...tensors.values()].map((entry) => {
      const [stored] = storedOf(entry);
      return [entry.name, { dtype: stored.dtype, shape: stored.shape, bytes: bytesOf(stored) }];
    }),
  );
}

const digestOf = (bytes: Uint8Array) =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 8);

/** The sum of all elements, each by +1 or −1 at random; and one element. */
function toldOf(name: string, values: readonly number[]): readonly [number, number] {
  const key = tensorKey(name);
  const signed = values.reduce((sum, x, i) => sum + (noise(2, 0, key, 0, i) >>> 31 ? -x : x), 0);
  return [signed, values[noise(3, 0, key, 0, 0) % values.length]];
}

function changes(
  own: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const keys = [...new Set([...Object.keys(own), ...Object.keys(config)])];
  const changed = keys.filter((key) => JSON.stringify(config[key]) !== JSON.stringify(own[key]));
  return Object.fromEntries(changed.map((key) => [key, config[key] ?? null]));
}

const architectures = Object.entries(
  goldens.architectures as unknown as Readonly<Record<string, Architecture>>,
);

describe.each(architectures)('%s', (_, architecture) => {
  const open = opened(architecture);
  const answers = Object.entries(architecture.merged).flatMap(([name, answer]) =>
    'refused' in answer ? [] : [[name, answer] as const],
  );

  test.each(answers)('%s gives what mergekit gives', async (name, answer) => {
    const files = await merged(answer.recipe, await open);
    const ours = await tensorsIn(files);
    const { dtype, tensors, shapes = architecture.shapes } = answer;
    expect([...ours.keys()].toSorted()).toEqual(Object.keys(shapes));
    let decidedOtherwise = 0;
    for (const [k, tensorName] of Object.keys(shapes).entries()) {
      const { bytes, ...own } = ours.get(tensorName)!;
      if (!inF32.includes(name)) expect(own.dtype, tensorName).toBe(dtype);
      expect(own.shape, tensorName).toEqual(shapes[tensorName]);
      const [digest, signed, element] = tensors[k];
      if (digestOf(bytes) === digest) continue;
      const most = (roughly[name] ?? 0) * unit[own.dtype as keyof typeof unit];
      const values = decode(bytes, own.dtype as FloatDtype);
      const [ourSigned, ourElement] = toldOf(tensorName, values);
      if (own.dtype === 'F32' && otherwise[name]) {
        decidedOtherwise++;
        expect(Math.abs(ourSigned - signed), tensorName).toBeLessThanOrEqual(LARGEST_CHANGE);
        continue;
      }
      expect(most, `${tensorName} has other bytes`).toBeGreaterThan(0);
      expect(Math.abs(ourElement - element), tensorName).toBeLessThanOrEqual(most);
      const mostInAll = most * Math.sqrt(values.length);
      expect(Math.abs(ourSigned - signed), tensorName).toBeLessThanOrEqual(mostInAll);
    }
    expect(decidedOtherwise).toBeLessThanOrEqual(otherwise[name] ?? 0);
    const written = JSON.parse(new TextDecoder().decode(files.get('config.json')));
    expect(changes(architecture.config, written)).toEqual(answer.config);
  });
});
