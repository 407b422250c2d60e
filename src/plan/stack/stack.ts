/** The output of a recipe that stacks slices: its tensors, and those of the models that meet them. */
import { isComputed } from '../../formats/model.ts';
import type { Slice } from '../../recipe/recipe.ts';
import { depthOf } from '../../recipe/slices.ts';
import { placeOf } from '../groups.ts';
import type { NamedTensor, Tensors } from '../names/tensors.ts';
import { rememberLast } from '../remember.ts';
import { isBehind, layerStacks } from './layer-stack.ts';

/** A model with all its tensors, under the names that they meet by. */
export type StackMember = {
  readonly id: string;
  readonly tensors: Tensors;
  /** Of an adapter, the base: its dtypes and bytes are what a result is held against. */
  readonly host: { readonly id: string; readonly tensors: Tensors } | null;
};

export type Stack = {
  /** What comes before the layer numbers: "model.layers". */
  readonly name: string;
  /** Layers of the output. */
  readonly depth: number;
  /** The output's tensors by their names, each as the leader of its slice has it. */
  readonly tensors: Tensors;
  /** Index of the slice of each; outside the layers the first or the last. */
  readonly sliceOf: ReadonlyMap<string, number>;
  /** First layer of each slice in the output. */
  readonly starts: readonly number[];
  /** By model id, its tensors by the names of the output. */
  readonly ofModel: ReadonlyMap<string, Tensors>;
};

const remembered = rememberLast<Stack>();

/**
 * The first of `members` that is a source leads its slice: its names, shapes and dtypes are the output's. Layers that a
 * model lacks are left out, and so are sources that are no members: `checks/slices.ts` tells of both.
 */
export function stackOf(members: readonly StackMember[], slices: readonly Slice[]): Stack {
  const ranges = JSON.stringify(slices.map(({ sources }) => sources.map(rangeOf)));
  const who = members.flatMap(({ id, tensors, host }) => [id, tensors, host?.tensors]);
  return remembered(members[0].tensors, [ranges, ...who], () => build(members, slices));
}

const rangeOf = ({ model, from, to }: Slice['sources'][number]) => [model, from, to];

function build(members: readonly StackMember[], slices: readonly Slice[]): Stack {
  const name = layerStacks(members[0].tensors)[0]?.name ?? '';
  const boxes = members.map((member) => ({ ...member, ...sortedOut(member.tensors, name) }));
  const tensors = new Map<string, NamedTensor>();
  const sliceOf = new Map<string, number>();
  const ofModel = new Map(members.map(({ id }) => [id, new Map<string, NamedTensor>()]));
  const starts: number[] = [];

  /** Box by box of a slice's sources, the leader first. */
  const fill = (
    slice: number,
    pick: (box: Box, from: number) => readonly Entry[] | undefined,
    nameOf: (entry: Entry) => string,
  ) => {
    const { sources } = slices[slice];
    const own = boxes.filter(({ id }) => sources.some(({ model }) => model === id));
    for (const box of own) {
      const { from } = sources.find(({ model }) => model === box.id)!;
      for (const entry of pick(box, from) ?? []) {
        const output = nameOf(entry);
        ofModel.get(box.id)!.set(output, entry.tensor);
        if (box !== own[0]) continue;
        const like = box.host?.tensors.get(entry.name) ?? entry.tensor;
        tensors.set(output, { ...ownedBy(like, (box.host ?? box).id), name: output });
        sliceOf.set(output, slice);
      }
    }
  };
  let start = 0;
  fill(
    0,
    ({ before }) => before,
    ({ rest }) => rest,
  );
  for (const [index, slice] of slices.entries()) {
    starts.push(start);
    const depth = depthOf(slice);
    for (let layer = 0; layer < depth; layer++) {
      fill(
        index,
        ({ layers }, from) => layers.get(from + layer),
        ({ rest }) => `${name}.${start + layer}${rest}`,
      );
    }
    start += depth;
  }
  fill(
    slices.length - 1,
    ({ behind }) => behind,
    ({ rest }) => rest,
  );
  return { name, depth: start, tensors, sliceOf, starts, ofModel };
}

type Entry = {
  readonly name: string;
  /** The same; of one in a layer what comes after the number. */
  readonly rest: string;
  readonly tensor: NamedTensor;
};

type Box = StackMember & {
  readonly before: readonly Entry[];
  readonly layers: ReadonlyMap<number, readonly Entry[]>;
  readonly behind: readonly Entry[];
};

function sortedOut(tensors: Tensors, stack: string): Omit<Box, keyof StackMember> {
  const [before, behind] = [[], []] as Entry[][];
  const layers = new Map<number, Entry[]>();
  for (const [name, tensor] of tensors) {
    const place = placeOf(name);
    if (place.stack === stack && place.layer !== null) {
      const rest = name.slice(`${stack}.${place.layer}`.length);
      const layer = layers.get(place.layer) ?? [];
      layer.push({ name, rest, tensor });
      layers.set(place.layer, layer);
    } else (isBehind(name) ? behind : before).push({ name, rest: name, tensor });
  }
  return { before, layers, behind };
}

/** A tensor that tells whose it is. */
function ownedBy(tensor: NamedTensor, id: string): NamedTensor {
  const owned = <T extends { readonly model?: string }>(one: T): T => ({ model: id, ...one });
  if (isComputed(tensor)) return { ...tensor, inputs: tensor.inputs.map(owned) };
  return { ...owned(tensor), ...(tensor.pieces && { pieces: tensor.pieces.map(owned) }) };
}
