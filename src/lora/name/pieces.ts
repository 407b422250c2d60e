/** What a module is made of, in common names: what it is called by, whatever the naming. */
import { type Address, addressesOf } from '../pair/addresses.ts';
import { sizesOf } from '../pair/places.ts';
import { type Parts, partsOf } from '../pair/rules.ts';
import { componentOf, type Known, knownModule } from './known.ts';

/** Rows [from, to) of a module, which are a module of their own in common names. */
export type Piece = {
  readonly from: number;
  readonly to: number;
  /** With its dots; null where nothing tells which underscores are dots. */
  readonly name: string | null;
  readonly known: Known | null;
  /** The parts of a pipeline that it may be of; null where its name says nothing of parts. */
  readonly parts: readonly string[] | null;
};

export type Sized = {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
};

/**
 * `module` is called as a base, or an adapter, calls it. `hasComponents` says that names like "transformer.h.0"
 * begin with a component; else only those do that are known to be of one.
 */
export function piecesOf(module: Sized, hasComponents: boolean): readonly Piece[] {
  const address = addressFor(module.name, hasComponents);
  const parts = partsOf(address);
  const sizes = isModelsOwn(parts) ? null : sizesOf(parts, asModule(module), undefined);
  if (sizes === null) return [pieceOf(address, address.name, 0, module.rows)];
  let from = 0;
  return parts.names.map((name, k) => {
    const piece = pieceOf(address, name, from, from + sizes[k]);
    from = piece.to;
    return piece;
  });
}

/** Projections that a language model has fused are fused in all that is trained on it. */
const isModelsOwn = ({ cut }: Parts) => typeof cut === 'object' && cut !== null;

function addressFor(module: string, hasComponents: boolean): Address {
  const all = addressesOf(module);
  const [own] = all;
  const inFront = all
    .slice(1)
    .filter((each) => hasComponents || each.group !== 'transformer.' || isKnown(each));
  return inFront.at(-1) ?? own;
}

function isKnown(address: Address): boolean {
  const [name] = partsOf(address).names;
  const known = knownModule(name, false);
  return known !== null || componentOf(name, null) !== null;
}

function pieceOf({ flat, parts }: Address, name: string, from: number, to: number): Piece {
  const known = knownModule(name, flat);
  return { from, to, known, parts, name: flat ? (known?.name ?? null) : name };
}

function asModule({ name, rows, columns }: Sized) {
  const weight = { name, dtype: 'F32', shape: [rows, columns], file: 0, begin: 0, end: 0 } as const;
  return { name, weight, bias: null };
}
