import { isFloatDtype } from '../../numerics/dtype.ts';
import type { Model, TensorEntry } from '../model.ts';
import { architectureOf } from './architectures/all.ts';
import {
  type Architecture,
  type Change,
  type Placement,
  unchanged,
} from './architectures/architecture.ts';
import { type Entry, type Layout, layOut, type Metadata, string, u32 } from './container.ts';
import { type Pooling, poolingCode } from './pooling.ts';
import { elsewhere, refusal } from './refusal.ts';
import { Settings } from './settings.ts';
import { fileTypeCode, type GgufType, typeFor } from './types.ts';

/** What one tensor of the file is made of. */
export type GgufJob = Entry &
  (
    | { readonly source: TensorEntry; readonly change: Change }
    | { readonly values: readonly number[] }
  );

/** A file of which every byte has its place before the first one is written. */
export type GgufPlan = Layout<GgufJob> & {
  /** As llama.cpp calls it. */
  readonly architecture: string;
  /** Whether it makes vectors of texts and no texts. */
  readonly isEncoder: boolean;
  readonly type: GgufType;
  readonly name: string;
  readonly remarks: readonly string[];
};

/** What of a model a plan is made of; `name` is what the file calls it. */
export type Written = Pick<Model, 'name' | 'config' | 'tensors'> & {
  /** What its folder says of one vector for a text; null where it says nothing. */
  readonly pooling: Pooling | null;
};

/**
 * Pure: header and jobs, in the order of the model's own files. `vocabulary` are the key-values of its tokens. Throws
 * FormatError naming tensor or key where the model cannot be written, with what to do.
 */
export function planGguf(model: Written, vocabulary: Metadata, type: GgufType): GgufPlan {
  const settings = settingsOf(model);
  const architecture = architectureOf(settings);
  const own = architecture.metadata(settings);
  const made: readonly GgufJob[] = architecture.made(settings).map(({ name, values }) => ({
    ...{ name, shape: [values.length], type: 'F32', values },
  }));
  const jobs = [...model.tensors.values()].flatMap((source): readonly GgufJob[] => {
    const placement = architecture.place(source.name, settings);
    if (placement === null) return [];
    return [jobOf(source, placement ?? unknown(source, architecture.id), type)];
  });
  const entries = [...made, ...jobs];
  const there = new Set(entries.map(({ name }) => name));
  const needed = architecture.needed(settings);
  const absent = needed.filter((name) => !there.has(name));
  if (absent.length > 0) throw missing(absent, needed.length);
  const metadata: Metadata = [
    ['general.architecture', string(architecture.id)],
    ['general.type', string('model')],
    ['general.name', string(model.name)],
    ...own,
    ...poolingMetadata(model, architecture.id),
    ['general.file_type', u32(fileTypeCode[type])],
    ['general.quantization_version', u32(2)],
    ...vocabulary,
  ];
  return {
    ...layOut(metadata, entries),
    ...{ architecture: architecture.id, type, name: fileName(model.name, type) },
    isEncoder: architecture.isEncoder ?? false,
    remarks: [...architecture.remarks(settings), ...poolingRemarks(model, architecture)],
  };
}

function poolingMetadata({ pooling }: Written, id: string): Metadata {
  return pooling === null ? [] : [[`${id}.pooling_type`, u32(poolingCode[pooling])]];
}

function poolingRemarks({ pooling }: Written, { isEncoder }: Architecture): readonly string[] {
  return isEncoder && pooling === null
    ? [
        'Nothing beside the weights says how to make one vector of a text: llama.cpp has to be told, as by --pooling mean.',
      ]
    : [];
}

/** Rows of the embedding: how many tokens the file has to name. */
export function embeddingRows(model: Written): number {
  const settings = settingsOf(model);
  const architecture = architectureOf(settings);
  const found = [...model.tensors.values()].find(
    ({ name }) => architecture.place(name, settings)?.name === 'token_embd.weight',
  );
  if (found) return found.shape[0];
  throw missing(['token_embd.weight'], 1);
}

/** "my-merge-Q8_0.gguf", as such files are named. */
function fileName(name: string, type: GgufType): string {
  return `${name.replaceAll(/[\\/:*?"<>|\s]+/g, '-')}-${type}.gguf`;
}

function settingsOf({ config }: Written): Settings {
  if (config) return new Settings(config);
  throw refusal({
    ...{ file: 'config.json', found: 'none in the model', expected: 'one' },
    advice: 'A GGUF tells heads, layers and positions: open the model with its config.json.',
  });
}

function jobOf(source: TensorEntry, { name, change, exact }: Placement, type: GgufType): GgufJob {
  const { dtype } = source;
  if (!isFloatDtype(dtype)) {
    throw refusal({
      ...{ file: 'the weights', tensor: source.name, found: `the dtype ${dtype}` },
      ...{ expected: 'floating-point values', advice: elsewhere },
    });
  }
  const out = shapeAfter(source, change);
  return { name, shape: out, type: exact ? 'F32' : typeFor(out, type), source, change };
}

function shapeAfter({ name, shape }: TensorEntry, change: Change): readonly number[] {
  if (change === unchanged) return shape;
  const bad = (expected: string) =>
    refusal({
      ...{ file: 'the weights', tensor: name, found: `the shape [${shape.join(', ')}]`, expected },
      advice: 'config.json and weights do not belong together: open the model again.',
    });
  if (change.kind === 'interleave' && shape[0] % (2 * change.heads) !== 0) {
    throw bad(`rows for ${change.heads} heads of two halves each`);
  }
  if (change.kind !== 'transpose') return shape;
  if (shape.length !== 2) throw bad('a matrix');
  return [shape[1], shape[0]];
}

function unknown({ name }: TensorEntry, architecture: string): never {
  throw refusal({
    ...{
      file: 'the weights',
      tensor: name,
      found: `a tensor that “${architecture}” does not have`,
    },
    ...{ expected: 'the tensors that llama.cpp knows of this architecture', advice: elsewhere },
  });
}

function missing([first, ...others]: readonly string[], needed: number) {
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return refusal({
    ...{ file: 'the weights', found: `nothing for “${first}”${more}` },
    expected: `the ${needed === 1 ? 'tensor' : `${needed} tensors`} that llama.cpp needs here`,
    advice: 'config.json and weights do not belong together, or a part is missing: open it again.',
  });
}
