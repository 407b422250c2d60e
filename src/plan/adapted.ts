/** An adapter as an expert: the base's tensors with its updates added. */
import type { Model, TensorEntry } from '../formats/model.ts';
import { pair } from '../lora/pair/pair.ts';
import type { Pair, Pairing } from '../lora/pair/pairing.ts';
import { standInBase } from '../lora/pair/stand-in.ts';
import { isFloatDtype } from '../numerics/dtype.ts';
import type { NamedTensor, Tensors } from './names/tensors.ts';
import { rememberLast } from './remember.ts';

export type Adapted = {
  /** Those of the base that the adapter reaches, by the base's names. */
  readonly tensors: Tensors;
  readonly pairing: Pairing;
};

/** Null for a model of weights. */
export function adaptedTo(base: Model, { id, adapter, tensors: own }: Model): Adapted | null {
  if (adapter === null) return null;
  return remembered(own, [base.id, base.tensors, id, adapter], () => {
    const pairing = pair(adapter, base.tensors);
    const tensors = new Map<string, NamedTensor>();
    for (const { tensor, saved } of pairing.saved) {
      tensors.set(tensor, { ...saved, name: tensor, model: id });
    }
    for (const { tensor, ...update } of pairing.pairs) {
      // As PEFT does: what was saved is put in place of the base's before updates are added.
      const entry = tensors.get(tensor) ?? untouched(base, base.tensors.get(tensor)!);
      const computed = withUpdate(entry, id, update);
      if (computed) tensors.set(tensor, computed);
    }
    return { tensors, pairing };
  });
}

const remembered = rememberLast<Adapted>();

/** Values + scale · matrix, kept in f32 until the merge rounds it; null where the values are codes. */
function withUpdate(
  entry: NamedTensor,
  adapter: string,
  update: Omit<Pair, 'tensor'>,
): NamedTensor | null {
  const { matrix, scale, magnitudes, rows, columns } = update;
  if ('formula' in entry || !isFloatDtype(entry.dtype)) return null;
  return {
    name: entry.name,
    dtype: 'F32',
    shape: entry.shape,
    scheme: update.type,
    formula: {
      kind: 'update',
      sizes: [1, rows, columns],
      ...{ matrix, scale, magnitudes },
      base: entry.dtype,
    },
    inputs: [...update.inputs.map((input) => ({ ...input, model: adapter })), entry],
  };
}

/** What adapters without a base meet: see `standInBase`. Null where there are none. */
export function baseOfAdapters(models: readonly (Model | undefined)[]): Model | null {
  const first = models.find((model) => model?.adapter);
  if (!first) return null;
  const adapters = models.flatMap((model) => model?.adapter ?? []);
  return alone(first.tensors, adapters, () => {
    return { ...first, name: 'the other adapters', adapter: null, tensors: standInBase(adapters) };
  });
}

const alone = rememberLast<Model>();

/** All tensors of the base, those with updates that the adapter reaches. */
export function withRest(adapted: Adapted, base: Model): Tensors {
  return whole(adapted, [base.id, base.tensors], () => {
    const all = [...base.tensors.values()].map((entry) => untouched(base, entry));
    return new Map(all.map((entry) => [entry.name, adapted.tensors.get(entry.name) ?? entry]));
  });
}

const whole = rememberLast<Tensors>();

/** A tensor of the base that an adapter leaves as it is. */
export function untouched(base: Model, entry: TensorEntry): NamedTensor {
  if ('formula' in entry) {
    return { ...entry, inputs: entry.inputs.map((input) => ({ model: base.id, ...input })) };
  }
  return { model: base.id, ...entry };
}
