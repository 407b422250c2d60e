/**
 * MLX's affine codes: whole numbers of a few bits in words of 32, with a scale and a bias for each group of
 * neighbours in a row. Value = scale · code + bias
 * (https://ml-explore.github.io/mlx/build/html/python/_autosummary/mlx.core.quantize.html).
 */
import type { StoredTensor } from '../model.ts';
import { stemOf } from './companions.ts';
import {
  described,
  type Found,
  namesOf,
  type Recogniser,
  type Stored,
  unreadable,
} from './found.ts';

type Packing = { readonly bits: number; readonly group: number };
type Triple = {
  readonly codes: StoredTensor;
  readonly scales: StoredTensor;
  readonly biases: StoredTensor;
};

const PACKINGS: readonly Packing[] = [2, 3, 4, 5, 6, 8].flatMap((bits) =>
  [32, 64, 128].map((group) => ({ bits, group })),
);
const SCHEME = 'affine codes of MLX';

/**
 * Shapes tell only bits × group size, so 4 bits in groups of 64 look like 8 bits in groups of 32. config.json
 * says which; else the one under which every width occurs elsewhere in the model.
 */
export function affineOf(stored: Stored): Recogniser {
  const triples = new Map<string, Triple>();
  for (const tensor of stored.tensors.values()) {
    const found = tripleOf(tensor, stored);
    if (found && 'codes' in found) triples.set(tensor.name, found);
  }
  const told = toldByWidths([...triples.values()], stored);
  return (tensor) => {
    const triple = triples.get(tensor.name);
    if (!triple) {
      const found = tripleOf(tensor, stored);
      return found && 'with' in found ? found : null;
    }
    const { codes, scales, biases } = triple;
    const refuse = (why: string) => unreadable(codes, [scales, biases], SCHEME, why);
    const possible = possibleFor(triple);
    const packing =
      possible.length === 1
        ? possible[0]
        : (declaredFor(triple, stored) ?? told.get(product(triple)));
    if (possible.length === 0 || !packing) {
      const shapes = `${described(codes)} with ${described(scales)}`;
      const what = possible.map(({ bits, group }) => `${bits} bits in groups of ${group}`);
      return refuse(
        possible.length === 0
          ? `${shapes} is no packing that MLX writes`
          : `${shapes} may be ${what.join(' or ')}, and config.json does not say which`,
      );
    }
    const shape = [...codes.shape.slice(0, -1), widthOf(codes, packing)];
    const rows = shape.slice(0, -1).reduce((total, size) => total * size, 1);
    return {
      with: namesOf([codes, scales, biases]),
      read: {
        name: codes.name,
        dtype: scales.dtype as 'F32' | 'F16' | 'BF16',
        shape,
        scheme: `${packing.bits}-bit ${SCHEME}`,
        formula: {
          ...{ kind: 'codes', number: 'unsigned', bits: packing.bits },
          ...{ sizes: [1, rows, shape.at(-1) ?? 0], blocks: [1, 1, packing.group] },
          ...{ scale: scales.dtype as 'F32', offset: true, transposed: false },
        },
        inputs: [codes, scales, biases],
      },
    };
  };
}

/** Codes with both companions, or what is wrong with them; null when they are not MLX's. */
function tripleOf(codes: StoredTensor, { tensors }: Stored): Triple | Found | null {
  if (codes.dtype !== 'U32') return null;
  const stem = stemOf(codes.name);
  const scales = tensors.get(`${stem}.scales`);
  const biases = tensors.get(`${stem}.biases`) ?? tensors.get(`${stem}.qbiases`);
  if (!scales || !biases) return null;
  const isFloat = ['F32', 'F16', 'BF16'].includes(scales.dtype);
  const alike = described(scales) === described(biases);
  const rows = ({ shape }: StoredTensor) => String(shape.slice(0, -1));
  if (isFloat && alike && codes.shape.length >= 2 && rows(codes) === rows(scales)) {
    return { codes, scales, biases };
  }
  const why = `${scales.name} is ${described(scales)} and ${biases.name} ${described(biases)} beside ${described(codes)}`;
  return unreadable(codes, [scales, biases], SCHEME, why);
}

/** Bits × group size. */
function product({ codes, scales }: Triple): number {
  return (32 * (codes.shape.at(-1) ?? 0)) / (scales.shape.at(-1) ?? 0);
}

function possibleFor(triple: Triple): readonly Packing[] {
  return PACKINGS.filter(({ bits, group }) => bits * group === product(triple));
}

function widthOf({ shape }: StoredTensor, { bits }: Packing): number {
  return (32 * (shape.at(-1) ?? 0)) / bits;
}

/** What config.json says of this layer, or of all. */
function declaredFor(triple: Triple, { config }: Stored): Packing | null {
  const fields = asFields(config?.['quantization'] ?? config?.['quantization_config']);
  const own = asFields(fields[stemOf(triple.codes.name)]);
  const bits = own['bits'] ?? fields['bits'];
  const group = own['group_size'] ?? fields['group_size'];
  return possibleFor(triple).find((one) => one.bits === bits && one.group === group) ?? null;
}

/** For each product the only packing under which all widths are sizes that occur elsewhere; if there is one. */
function toldByWidths(
  triples: readonly Triple[],
  { tensors }: Stored,
): ReadonlyMap<number, Packing> {
  const scales = new Set(triples.flatMap((one) => [one.scales.name, one.biases.name]));
  const known = new Set<number>(triples.map(({ codes }) => codes.shape.at(-2) ?? 0));
  for (const { name, dtype, shape } of tensors.values()) {
    if (!scales.has(name) && dtype !== 'U32') for (const size of shape) known.add(size);
  }
  const told = new Map<number, Packing>();
  for (const key of new Set(triples.map(product))) {
    const alike = triples.filter((triple) => product(triple) === key);
    const packedWidths = new Set(alike.map(({ codes }) => codes.shape.at(-1)));
    const explain = possibleFor(alike[0]).filter((packing) =>
      alike.every(({ codes }) => known.has(widthOf(codes, packing))),
    );
    // One width alone may occur elsewhere by chance.
    if (explain.length === 1 && packedWidths.size > 1) told.set(key, explain[0]);
  }
  return told;
}

function asFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
