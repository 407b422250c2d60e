import { compileShader, compileSum } from '../../wgsl/compile.ts';
import { link } from '../shaders/link.ts';
import { SLAB } from '../shaders/search.ts';

/** One variant of a shader, and how it is run: plain data, so that it can be asked for by message. */
export type Variant = {
  readonly shader:
    | ('map' | 'conflict' | 'lowrank' | 'reduce' | 'sample' | 'select')
    // The forward pass of a model.
    | ('attention' | 'embed' | 'heads' | 'layernorm' | 'matmul' | 'rmsnorm');
  readonly formula?: string;
  readonly constants: Readonly<Record<string, number>>;
  /** The table at the beginning of `planes`, where the shader is compiled for it. */
  readonly table?: readonly number[];
};

/** Where compiled shaders come from. */
export interface Programs {
  /** Rejects with shader file and line when the variant does not compile. */
  get(variant: Variant): Promise<WebAssembly.Module>;
}

/** One thread does all, the quads of a slab in order; it is never asked for more than there is. */
const HOST = { THREADS: 1, MAP_THREADS: 1, SLAB_TURNS: SLAB / 4, GUARDED: 0 };

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** Compiles each variant once in this thread, whoever asks: a run, a preview, a model that answers. */
export const programs: Programs = {
  get(variant) {
    const key = JSON.stringify(variant);
    let module = compiled.get(key);
    if (!module) {
      module = compile(variant);
      compiled.set(key, module);
    }
    return module;
  },
};

async function compile({ shader, formula, constants, table }: Variant) {
  const { code, origins } = link(shader, formula);
  const options = {
    overrides: { ...constants, ...HOST },
    ...(table ? { known: { planes: table } } : {}),
    where: (line: number) => {
      const origin = origins[line - 1];
      return origin ? `${origin.file}:${origin.line}` : `line ${line}`;
    },
  };
  const { bytes } =
    shader === 'reduce' ? compileSum(code, 'sums', options) : compileShader(code, options);
  return WebAssembly.compile(bytes);
}

/** `main` adds a vector to zero: whether the engine has WebAssembly SIMD. */
const PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0],
  ...[65, 0, 253, 15, 26, 11],
);

export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(PROBE);
}
