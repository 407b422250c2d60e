/** Tensors whose rows are tokens, of every model rebuilt to the tokens of the output. */
import {
  type ComputedTensor,
  isComputed,
  type Model,
  type StoredTensor,
  type TensorEntry,
} from '../../formats/model.ts';
import type { RowSource } from '../../formats/rows.ts';
import type { Tokenizer } from '../../formats/tokenizer/tokenizer.ts';
import { bytesPerElement, type FloatDtype, isFloatDtype } from '../../numerics/dtype.ts';
import type { ByToken } from '../../recipe/recipe.ts';
import { meet } from '../match.ts';
import type { NamedTensor } from '../names/tensors.ts';
import type { Participant, Participants } from '../participants.ts';
import { hasTokenRows } from '../vocabulary.ts';
import { type MemberMap, type RowMaps, rowMaps } from './row-maps.ts';

/** A tensor of one model as it is to be. */
export type Rebuilt = {
  /** Null for the reference. */
  readonly expert: Participant | null;
  /** The name it meets under. */
  readonly name: string;
  readonly before: NamedTensor;
  readonly entry: NamedTensor;
};

/** Why a tensor cannot be rebuilt, or a row not be found. */
export type RebuildFault = {
  readonly model: Model;
  readonly tensor: string;
  readonly token: string | null;
  readonly why: string;
};

/** One model that has the tensor. */
type Owner = {
  readonly model: Model;
  readonly expert: Participant | null;
  readonly entry: NamedTensor;
  readonly tokenizer: Tokenizer;
};

export type Rebuilding = {
  readonly who: Participants;
  readonly choice: ByToken;
  readonly output: Tokenizer;
  /** How many there are in the output. */
  readonly rows: number;
  /** Whose tokens the rows of a model are. */
  readonly tokenizerOf: (model: Model) => Tokenizer;
  /** The model whose rows stand in, by id; null for none. */
  readonly standIn: string | null;
};

/**
 * Tensors with a row for each token: the reference's in their order, and where slices stack models what only others
 * have, which may be the output's.
 */
export function tokenTensors({ reference, experts, recipe }: Participants): readonly NamedTensor[] {
  const found = [...reference.tensors.values()].filter((entry) =>
    hasTokenRows(entry.name, entry, reference),
  );
  if (recipe.slices === null) return found;
  const names = new Set(found.map(({ name }) => name));
  for (const { model, tensors } of experts) {
    for (const [name, entry] of tensors) {
      if (names.has(name) || !hasTokenRows(name, entry, model)) continue;
      names.add(name);
      found.push({ ...entry, name });
    }
  }
  return found;
}

export function rebuild(task: Rebuilding) {
  const { reference } = task.who;
  const rebuilt: Rebuilt[] = [];
  const faults: RebuildFault[] = [];
  const known = new Map<string, RowMaps>();
  for (const tensor of tokenTensors(task.who)) {
    const owners = ownersOf(task, tensor, faults);
    const members = owners.map(({ model, expert, entry, tokenizer }) => ({
      id: model.id,
      tokenizer,
      rows: entry.shape[0],
      isBase: model.id === task.standIn,
      takesPart: expert !== null || task.who.base === model,
    }));
    // Embedding and head of the same models have the same.
    const key = JSON.stringify(members.map(({ tokenizer: _, ...member }) => member));
    const found = known.get(key) ?? rowMaps(task.output, task.rows, members, task.choice.rows);
    known.set(key, found);
    const { maps, faults: missing } = found;
    for (const { token, why } of missing) {
      const told = task.choice.rows.find((row) => row.token === token)!;
      const id = told.from.kind === 'zeros' ? '' : told.from.model;
      const model = owners.find((owner) => owner.model.id === id)?.model ?? task.who.reference;
      faults.push({ model, tensor: tensor.name, token, why });
    }
    for (const [k, { expert, entry: before }] of owners.entries()) {
      // An embedding gives rows to others' heads, and where the reference has no head it becomes none.
      const isLent = !reference.tensors.has(tensor.name) && !expert?.tensors.has(tensor.name);
      if (isLent) continue;
      const entry = rebuiltEntry(maps[k], owners, task);
      rebuilt.push({ expert, name: tensor.name, before, entry });
    }
  }
  return { rebuilt, faults };
}

/** The models that have it, each once: experts in recipe order, then the reference if it is none of them and has it. */
function ownersOf(
  { who, tokenizerOf }: Rebuilding,
  tensor: TensorEntry,
  faults: RebuildFault[],
): readonly Owner[] {
  const { reference, experts } = who;
  const isOfReference = reference.tensors.has(tensor.name);
  const found = experts.flatMap((expert): readonly Omit<Owner, 'tokenizer'>[] => {
    const meeting = meet(expert, tensor, reference);
    return meeting ? [{ model: expert.model, expert, entry: meeting.entry }] : [];
  });
  const isExpert = found.some(({ model }) => model === reference);
  const all =
    isExpert || !isOfReference
      ? found
      : [...found, { model: reference, expert: null, entry: tensor }];
  return all.flatMap((owner) => {
    const { entry, model } = owner;
    // Other widths, and what is no float, are told of where tensors meet.
    if (!isFloatDtype(entry.dtype) || !isAsWide(entry, tensor)) return [];
    const why = faultOf(entry);
    if (why === null) return [{ ...owner, tokenizer: tokenizerOf(model) }];
    faults.push({ model, tensor: tensor.name, token: null, why });
    return [];
  });
}

function isAsWide(a: TensorEntry, b: TensorEntry): boolean {
  return a.shape.length > 0 && String(a.shape.slice(1)) === String(b.shape.slice(1));
}

function faultOf(entry: NamedTensor): string | null {
  if (entry.pieces) return 'it is put together from several tensors by a rename';
  const formula = isComputed(entry) ? entry.formula : null;
  return formula?.kind === 'update' && formula.magnitudes?.per === 'column'
    ? 'DoRA scales its columns, which takes all rows at once'
    : null;
}

function rebuiltEntry(
  { map, sources }: MemberMap,
  owners: readonly Owner[],
  { rows, who }: Rebuilding,
): NamedTensor {
  const own = owners[sources[0]];
  const shape = [rows, ...own.entry.shape.slice(1)];
  const isInOrder = sources.length === 1 && map.rows.every((row, at) => row === at);
  if (isInOrder && rows === own.entry.shape[0]) return own.entry;
  if (isInOrder && !isComputed(own.entry)) return cut(own.entry, shape);
  const from = sources.map((source) => sourceOf(owners[source]));
  const dtypes = new Set(from.map(({ source }) => source.dtype));
  const dtype = dtypes.size === 1 ? from[0].source.dtype : 'F32';
  const { inputDtype } = who.recipe;
  const columns = shape.slice(1).reduce((product, size) => product * size, 1);
  return {
    name: own.entry.name,
    ...{ dtype, shape, scheme: 'rows by token' },
    formula: {
      kind: 'rows',
      sizes: [1, rows, columns],
      sources: from.map(({ source }) => source),
      map,
      steps: inputDtype === 'stored' ? stepsIn(dtype) : inputDtype,
    },
    inputs: from.flatMap(({ inputs }) => inputs),
  } satisfies ComputedTensor;
}

const stepsIn = (dtype: FloatDtype) => (dtype === 'BF16' || dtype === 'F16' ? dtype : 'F32');

/** Only the first rows: the bytes lie as they are wanted. */
function cut(entry: StoredTensor, shape: readonly number[]): StoredTensor {
  const elements = shape.reduce((product, size) => product * size, 1);
  return {
    ...entry,
    shape,
    end: entry.begin + elements * bytesPerElement(entry.dtype as FloatDtype),
  };
}

type Source = { readonly source: RowSource; readonly inputs: readonly StoredTensor[] };

function sourceOf({ entry, model: { id } }: Owner): Source {
  const stored = isComputed(entry) ? entry.inputs : [entry];
  const inputs = stored.map((input) => ({ ...input, model: input.model ?? id }));
  const dtype = entry.dtype as FloatDtype;
  if (!isComputed(entry)) return { source: { dtype, formula: null, inputs: 1 }, inputs };
  const { formula } = entry;
  if (formula.kind === 'rows') throw new Error('rows of rows');
  return { source: { dtype, formula, inputs: inputs.length }, inputs };
}
