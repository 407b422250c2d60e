import type { Backend } from '../compute/backend.ts';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { tensorKey } from '../numerics/random.ts';

export type Trouble = {
  readonly tensor: string;
  readonly on: 'measure' | 'map';
  readonly error: () => Error;
  /** Blocks mapped before it fails. */
  readonly afterBlocks?: number;
};

/** Passes for a GPU, counts what it is asked, and fails on chosen tensors. */
export function troubledBackend(troubles: readonly Trouble[], label = 'fake GPU') {
  const inner = definitionBackend();
  const asked: string[] = [];
  const troubleWith = (on: Trouble['on'], key: number) =>
    troubles.find((trouble) => trouble.on === on && tensorKey(trouble.tensor) === key);
  const backend: Backend & { readonly asked: readonly string[]; disposed: boolean } = {
    kind: 'webgpu',
    label,
    asked,
    disposed: false,
    async measure(blocks, measures, context, signal) {
      asked.push('measure');
      const trouble = troubleWith('measure', context.at.tensorKey);
      if (trouble) throw trouble.error();
      return inner.measure(blocks, measures, context, signal);
    },
    async *map(blocks, kernel, signal) {
      asked.push('map');
      const trouble = troubleWith('map', kernel.at.tensorKey);
      let left = trouble ? (trouble.afterBlocks ?? 0) : Number.POSITIVE_INFINITY;
      for await (const mapped of inner.map(blocks, kernel, signal)) {
        if (left-- === 0) throw trouble!.error();
        yield mapped;
      }
      if (left === 0) throw trouble!.error();
    },
    dispose() {
      backend.disposed = true;
      inner.dispose();
    },
  };
  return backend;
}
