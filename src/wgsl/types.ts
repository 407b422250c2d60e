import { refuse } from './refusal.ts';

/** What a lane holds; `int` and `float` are WGSL's numbers that have no type yet. */
export type Scalar = 'bool' | 'i32' | 'u32' | 'f32' | 'int' | 'float';

/** A scalar (one lane) or a vector. */
export type Lanes = { readonly kind: 'lanes'; readonly of: Scalar; readonly size: number };
export type ArrayType = {
  readonly kind: 'array';
  readonly of: Type;
  /** null where a buffer ends with it. */
  readonly length: number | null;
};
export type Field = { readonly name: string; readonly type: Type };
export type StructType = {
  readonly kind: 'struct';
  readonly name: string;
  readonly fields: readonly Field[];
};
export type AtomicType = { readonly kind: 'atomic'; readonly of: 'i32' | 'u32' };
export type Type = Lanes | ArrayType | StructType | AtomicType;

const interned = new Map<string, Lanes>();

/** The one object for this type, so that types are compared with `===`. */
export function lanesOf(of: Scalar, size: number): Lanes {
  const key = `${of} ${size}`;
  const found = interned.get(key);
  if (found) return found;
  const made: Lanes = { kind: 'lanes', of, size };
  interned.set(key, made);
  return made;
}

export const BOOL = lanesOf('bool', 1);
export const U32 = lanesOf('u32', 1);
export const I32 = lanesOf('i32', 1);
export const F32 = lanesOf('f32', 1);

export const isAbstract = ({ of }: Lanes): boolean => of === 'int' || of === 'float';
export const isFloat = ({ of }: Lanes): boolean => of === 'f32' || of === 'float';
export const isInteger = ({ of }: Lanes): boolean => of === 'i32' || of === 'u32' || of === 'int';
export const withScalar = (type: Lanes, of: Scalar): Lanes => lanesOf(of, type.size);

/** As WGSL writes it, for messages. */
export function nameOf(type: Type): string {
  switch (type.kind) {
    case 'lanes':
      return type.size === 1 ? type.of : `vec${type.size}<${type.of}>`;
    case 'array':
      return `array<${nameOf(type.of)}${type.length === null ? '' : `, ${type.length}`}>`;
    case 'struct':
      return type.name;
    case 'atomic':
      return `atomic<${type.of}>`;
  }
}

/** How a struct lies in memory. */
export type Layout = {
  readonly size: number;
  readonly align: number;
  /** Offset of each field. */
  readonly offsets: readonly number[];
};

const layouts = new WeakMap<StructType, Layout>();
const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;

export function layoutOf(type: StructType): Layout {
  const known = layouts.get(type);
  if (known) return known;
  let at = 0;
  let align = 4;
  const offsets = type.fields.map((field) => {
    const need = alignOf(field.type);
    align = Math.max(align, need);
    const offset = roundUp(at, need);
    at = offset + sizeOf(field.type);
    return offset;
  });
  const made = { size: roundUp(at, align), align, offsets };
  layouts.set(type, made);
  return made;
}

export function alignOf(type: Type): number {
  switch (type.kind) {
    case 'lanes':
      return type.size === 1 ? 4 : type.size === 2 ? 8 : 16;
    case 'array':
      return alignOf(type.of);
    case 'struct':
      return layoutOf(type).align;
    case 'atomic':
      return 4;
  }
}

/** Bytes in memory. */
export function sizeOf(type: Type): number {
  switch (type.kind) {
    case 'lanes':
      if (type.of === 'bool' || isAbstract(type)) refuse(`${nameOf(type)} has no place in memory`);
      return 4 * type.size;
    case 'array':
      return strideOf(type) * (type.length ?? refuse('an array without a length has no size'));
    case 'struct':
      return layoutOf(type).size;
    case 'atomic':
      return 4;
  }
}

/** Bytes from one element of an array to the next. */
export function strideOf({ of }: ArrayType): number {
  return roundUp(sizeOf(of), alignOf(of));
}
