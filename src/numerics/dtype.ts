/** The element types a safetensors file may hold, and the ones a merge computes with. */

export const bitsOf = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
} as const;

export type Dtype = keyof typeof bitsOf;

/** The dtypes a merge computes with; all others are copied. The order is the code a shader sees. */
export const floatDtypes = ['F32', 'F16', 'BF16', 'F8_E4M3', 'F8_E5M2', 'F64'] as const;
export type FloatDtype = (typeof floatDtypes)[number];

export function isDtype(name: string): name is Dtype {
  return Object.hasOwn(bitsOf, name);
}

export function isFloatDtype(dtype: Dtype): dtype is FloatDtype {
  return (floatDtypes as readonly string[]).includes(dtype);
}

export function bytesPerElement(dtype: FloatDtype): number {
  return bitsOf[dtype] / 8;
}
