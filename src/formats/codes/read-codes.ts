import type { FloatDtype } from '../../numerics/dtype.ts';
import { configFacts } from '../config.ts';
import type { ComputedTensor, Quantised, StoredTensor, TensorEntry, Unreadable } from '../model.ts';
import { affineOf } from './affine.ts';
import { foreign, lonelyScale } from './foreign.ts';
import { described, type Found, type Recogniser, type Stored, unreadable } from './found.ts';
import { gptOss, mlx, packed } from './mx.ts';
import { fp8, int8 } from './scaled.ts';

export type ReadCodes = {
  /** In the order of the stored ones; codes stand where they lay, their companions are gone. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly quantised: Quantised;
};

type Part = {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly config: Readonly<Record<string, unknown>> | null;
};

/**
 * The tensors of a model as values: weights stored as codes beside their scales become one tensor that is
 * computed from them. They are known by dtype, by what lies beside them and by shapes, whatever config.json
 * says. What cannot be read stays as it is stored, and is named. Each component has a config of its own.
 */
export function readCodes(components: readonly Part[]): ReadCodes {
  const all = components.map(readComponent);
  const quantised = all.map((one) => one.quantised);
  return {
    tensors: new Map(all.flatMap(({ tensors }) => [...tensors])),
    quantised: {
      read: quantised.flatMap(({ read }) => read),
      unreadable: quantised.flatMap(({ unreadable }) => unreadable),
      leftOut: quantised.flatMap(({ leftOut }) => leftOut),
      declared: quantised.find(({ declared }) => declared !== null)?.declared ?? null,
    },
  };
}

function readComponent({ tensors, config }: Part): ReadCodes {
  const facts = config && configFacts(config);
  const declared = facts?.quantization ?? null;
  const values = dtypeOfValues(tensors, facts?.dtype ?? null);
  const stored: Stored = { tensors, config, declared, values };
  const recognisers = [gptOss, affineOf(stored), mlx, fp8, int8, packed, foreign];
  const found = settle(stored, recognisers);
  const claimed = new Map([...found.values()].flatMap((one) => one.with.map((n) => [n, one])));
  const inputs = new Set<string>();
  const result = new Map<string, TensorEntry>();
  for (const tensor of tensors.values()) {
    const own = found.get(tensor.name);
    if (own && 'read' in own) {
      for (const { name } of own.read.inputs) inputs.add(name);
      result.set(own.read.name, own.read);
    } else if (!claimed.has(tensor.name) || 'unreadable' in claimed.get(tensor.name)!) {
      result.set(tensor.name, tensor);
    }
  }
  const reads = [...found.values()].flatMap((one) => ('read' in one ? [one.read] : []));
  const aside = reads.length > 0 ? activationScales(result) : [];
  for (const name of aside) result.delete(name);
  return {
    tensors: result,
    quantised: {
      read: bySchemeOf(reads),
      unreadable: unreadableOf(found),
      leftOut: [
        ...aside,
        ...[...claimed.keys()].filter((name) => !result.has(name) && !inputs.has(name)),
      ],
      declared,
    },
  };
}

/** What each stored tensor of codes came to, by its name; the first recogniser that knows it decides. */
function settle(stored: Stored, recognisers: readonly Recogniser[]): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  const taken = new Set<string>();
  const pass = (list: readonly Recogniser[]) => {
    for (const tensor of stored.tensors.values()) {
      if (taken.has(tensor.name)) continue;
      for (const recognise of list) {
        const one = recognise(tensor, stored);
        if (one === null) continue;
        const settled = alone(one, tensor, stored);
        found.set(tensor.name, settled);
        for (const name of settled.with) taken.add(name);
        break;
      }
    }
  };
  for (const recognise of recognisers) pass([recognise]);
  pass([lonelyScale, unscaled]);
  return found;
}

/** Values need a name of their own. */
function alone(found: Found, tensor: StoredTensor, { tensors }: Stored): Found {
  if (!('read' in found) || found.read.name === tensor.name) return found;
  if (!tensors.has(found.read.name)) return found;
  const why = `${found.read.name} is there as well`;
  return unreadable(tensor, [], found.read.scheme, why);
}

/** FP8 without a scale in a model that is said to have scales. */
function unscaled(tensor: StoredTensor, { declared }: Stored): Found | null {
  if (declared === null || !/^F8_E[45]M[23]$/.test(tensor.dtype) || isMark(tensor)) return null;
  const why = `it is ${described(tensor)} without a scale, though config.json says ${declared}`;
  return unreadable(tensor, [], 'FP8', why);
}

const isMark = ({ name }: Pick<StoredTensor, 'name'>) => /(?:^|[./])scaled_fp8$/.test(name);

/** Scales of keys, values and attention, and ComfyUI's mark: they say nothing of plain weights. */
function activationScales(tensors: ReadonlyMap<string, TensorEntry>): readonly string[] {
  const scale =
    /(?:^|\.)(?:[qkv]_scale|kv_scale|[qkv]_zero_point|prob_scale|prob_output_scale|(?:input|output|act)_scale|scale_(?:input|output))$/;
  return [...tensors.values()].flatMap((tensor) =>
    isMark(tensor) || (scale.test(tensor.name) && tensor.shape.every((size) => size === 1))
      ? [tensor.name]
      : [],
  );
}

function bySchemeOf(reads: readonly ComputedTensor[]): Quantised['read'] {
  const names = new Map<string, string[]>();
  for (const { scheme, name } of reads) {
    const own = names.get(scheme);
    if (own) own.push(name);
    else names.set(scheme, [name]);
  }
  return [...names].map(([scheme, tensors]) => ({ scheme, tensors }));
}

function unreadableOf(found: ReadonlyMap<string, Found>): readonly Unreadable[] {
  const groups = new Map<string, { scheme: string; tensors: string[]; why: string }>();
  for (const [name, one] of found) {
    if (!('unreadable' in one)) continue;
    const { scheme, why } = one.unreadable;
    const group = groups.get(scheme);
    if (group) group.tensors.push(name);
    else groups.set(scheme, { scheme, tensors: [name], why });
  }
  return [...groups.values()];
}

const BY_NAME: Readonly<Record<string, FloatDtype>> = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
};

/** What config.json calls the dtype of the model; else the 16 bits that most plain tensors have; else BF16. */
function dtypeOfValues(
  tensors: ReadonlyMap<string, StoredTensor>,
  named: string | null,
): FloatDtype {
  const known = named === null ? undefined : BY_NAME[named.replace('torch.', '')];
  if (known) return known;
  const count = (wanted: string) =>
    [...tensors.values()].filter(({ dtype }) => dtype === wanted).length;
  return count('F16') > count('BF16') ? 'F16' : 'BF16';
}
