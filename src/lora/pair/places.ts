/**
 * Every name by which something in a base can be reached: the names of its modules, and the common names of
 * what they are made of. A name may stand for some rows of a module only.
 */
import type { TensorEntry } from '../../formats/model.ts';
import { type Address, addressesOf, coreName, flatName } from './addresses.ts';
import { grouped } from './grouped.ts';
import { type Module, matrixShape, modulesOf } from './modules.ts';
import { type Parts, partsOf } from './rules.ts';

/** Rows of a module, from and up to. */
export type Piece = { readonly module: Module; readonly from: number; readonly to: number };
export type Place = Address & { readonly piece: Piece };

/** Places by their names, in each way that they are looked up; made when first asked for. */
export type Places = {
  readonly modules: readonly Module[];
  readonly exact: Index;
  /** Without wrappers in front. */
  readonly core: Index;
  /** By each end of a name after a dot. */
  readonly ends: Index;
  /** The first two with underscores for dots. */
  readonly flat: Index;
  readonly flatCore: Index;
};
type Index = (name: string) => readonly Place[];

export function placesOf(base: ReadonlyMap<string, TensorEntry>): Places {
  const modules = modulesOf(base);
  const byName = new Map(modules.map((module) => [module.name, module]));
  const all = modules.flatMap((module) =>
    addressesOf(module.name).flatMap((address) => placesAt(address, module, byName)),
  );
  const by = (namesOf: (place: Place) => readonly string[]): Index => {
    let index: ReadonlyMap<string, readonly Place[]> | null = null;
    return (name) => {
      index ??= grouped(all, namesOf);
      return index.get(name) ?? NONE;
    };
  };
  return {
    modules,
    exact: by(({ name }) => [name]),
    core: by(({ name }) => [coreName(name)]),
    ends: by(({ name, flat }) => (flat ? [] : endsOf(name))),
    flat: by(({ name }) => [flatName(name)]),
    flatCore: by(({ name }) => [flatName(coreName(name))]),
  };
}

const NONE: readonly Place[] = [];

/** "b.c" and "c" of "a.b.c". */
export function endsOf(name: string): readonly string[] {
  const ends: string[] = [];
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    ends.push(name.slice(dot + 1));
  }
  return ends;
}

function placesAt(
  address: Address,
  module: Module,
  byName: ReadonlyMap<string, Module>,
): readonly Place[] {
  const rows = rowsOf(module);
  const whole = { ...address, piece: { module, from: 0, to: rows } };
  const parts = partsOf(address);
  if (parts.names.length === 1 && parts.names[0] === address.name) return [whole];
  const sibling = parts.like === null ? undefined : byName.get(address.group + parts.like);
  const sizes = sizesOf(parts, module, sibling);
  if (sizes === null) return [whole];
  let from = 0;
  const places = parts.names.map((name, k): Place => {
    const piece = { module, from, to: from + sizes[k] };
    from = piece.to;
    return { ...address, name, piece };
  });
  return [whole, ...places];
}

const rowsOf = ({ weight, bias }: Module) => matrixShape((weight ?? bias)!).rows;

/** How many rows each part has; null where nothing proves it. */
export function sizesOf({ names, cut }: Parts, module: Module, sibling: Module | undefined) {
  const total = rowsOf(module);
  const count = names.length;
  if (count === 1) return [total];
  if (cut === 'equal') return total % count === 0 ? names.map(() => total / count) : null;
  const measure = cut === 'inner' ? module.weight : sibling?.weight;
  if (measure?.shape.length !== 2) return null;
  const [, first] = measure.shape;
  if (cut === 'inner') {
    const last = total - (count - 1) * first;
    return last > 0 ? names.map((_, k) => (k < count - 1 ? first : last)) : null;
  }
  const rest = (total - first) / (count - 1);
  const proven = Number.isInteger(rest) && rest > 0 && rest <= first;
  return proven ? names.map((_, k) => (k === 0 ? first : rest)) : null;
}
