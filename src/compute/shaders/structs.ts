/** The structs that shaders read, field by field; a test compares the names with the WGSL. */

/** Threads in a workgroup of the map; as in map.wgsl. */
export const MAP_THREADS = 256;
/** Threads in the others, and quads that each goes over in a measure; as in lib/grid.wgsl. */
export const THREADS = 64;
export const SLAB_TURNS = 32;

/** Elements that one thread makes at a time: eight of any dtype fill whole words. */
export const OCT = 8;
/** Bytes in the words that shaders read planes in. */
export const WORD = 8;

export const structs = {
  Attention: ['tokens', 'queries', 'keys', 'scale'],
  Band: ['rows', 'pitch', 'stride', 'width', 'groups'],
  Embed: ['quads', 'tokens'],
  Heads: ['tokens', 'queries', 'keys', 'epsilon'],
  Job: ['octs', 'head', 'end', 'start', 'first', 'stride', 'tensor_key'],
  Matmul: ['quads', 'octs', 'groups'],
  Norm: ['quads', 'rows', 'epsilon'],
  Product: ['depth', 'octs', 'right', 'scale'],
  Sample: ['model', 'first', 'stride', 'count'],
  Search: ['model', 'low', 'high', 'shift', 'guess'],
  Sum: ['a', 'b', 'magnitude', 'cut', 'limit', 'seed', 'draws'],
} as const;

type Structs = typeof structs;
export type Fields<S extends keyof Structs> = Readonly<Record<Structs[S][number], number>>;

/** Values as the shader reads them: one u32 a field, modulo 2³². */
export function pack<S extends keyof Structs>(
  struct: S,
  values: readonly Fields<S>[],
): Uint32Array<ArrayBuffer> {
  const fields: readonly string[] = structs[struct];
  const words = new Uint32Array(fields.length * values.length);
  values.forEach((value, at) => {
    const known: Readonly<Record<string, number>> = value;
    fields.forEach((field, i) => {
      words[at * fields.length + i] = known[field];
    });
  });
  return words;
}

/** What reduce.wgsl sums, in the order of its codes. */
export const sumKinds = [
  'DOT_WEIGHTS',
  'DOT_TASK_VECTORS',
  'MASS_ALL',
  'MASS_LARGEST',
  'MASS_DRAWN',
  'DERIVED_NUMBER',
] as const;

/** What conflict.wgsl counts, in the order of its codes. */
export const countKinds = ['ELEMENTS', 'PAIRS'] as const;
