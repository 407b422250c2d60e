import type { Block, Blocks, Room } from '../../compute/backend.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import type { WorkDtype } from '../../numerics/round.ts';
import { isComputedPlane } from '../../plan/planes.ts';
import type { PlaneRef } from '../../plan/types.ts';
import { ahead } from './ahead.ts';
import { blockShape, roomElements } from './memory.ts';
import { type PlaneReader, readPlane } from './planes.ts';
import { sharedReads } from './shared-reads.ts';

export type Planes = {
  /** Models in recipe order. */
  readonly models: readonly PlaneRef[];
  readonly base: PlaneRef | null;
  readonly readAs: WorkDtype;
  readonly elementCount: number;
  /** Guides that will be read besides: they take memory, but nothing is read for them. None when left out. */
  readonly guides?: number;
};

export type PlaneBlocks = Blocks & {
  /** The same blocks without those before element `first`, which must be the start of a block. */
  from(first: number): Blocks;
};

/** One after the other, the base last. */
export function refsOf({ models, base }: Pick<Planes, 'models' | 'base'>): readonly PlaneRef[] {
  return base === null ? models : [...models, base];
}

/** `budget` is what the whole run may hold, or in a kernel worker what that may. */
export type Reader = PlaneReader & { readonly outputBytes: number };

/**
 * The planes of one tensor as a stream of blocks that can be read again. Planes of a block are read
 * in parallel and one block is read ahead. A tensor that fits is fetched once and kept, by whoever gives
 * it room or else here; a larger one is read again for every pass.
 */
export function planeBlocks(planes: Planes, reader: Reader): PlaneBlocks {
  const refs = refsOf(planes);
  const { elementCount, guides = 0 } = planes;
  const planeBytes = refs.reduce(
    (sum, ref) => sum + bytesPerElement(ref.dtype),
    guides * bytesPerElement('F32'),
  );
  const sizes = [elementCount, planeBytes, reader.outputBytes, reader.budget] as const;
  const shape = blockShape(...sizes);
  const kept = new Map<number, Block>();
  const storedFirst = [...refs.keys()].sort(
    (a, b) => Number(isComputedPlane(refs[a])) - Number(isComputedPlane(refs[b])),
  );

  async function fetchBlock(
    start: number,
    count: number,
    signal: AbortSignal,
    room?: Room,
  ): Promise<Block> {
    const places = room?.(start, count);
    const own = { ...reader, sources: sharedReads(refs, reader.sources) };
    const planes = new Array<Uint8Array<ArrayBuffer>>(refs.length);
    const reads = storedFirst.map(async (k) => {
      planes[k] = await readPlane(refs[k], start, count, own, signal, places?.[k]);
    });
    await Promise.all(reads);
    return { start, count, planes };
  }

  async function* readFrom(first: number, signal: AbortSignal, room?: Room): AsyncGenerator<Block> {
    const length = room ? roomElements(...sizes) : shape.blockElements;
    for (let start = first; start < elementCount; start += length) {
      signal.throwIfAborted();
      const known = room ? undefined : kept.get(start);
      const count = Math.min(length, elementCount - start);
      const block = known ?? (await fetchBlock(start, count, signal, room));
      if (shape.keep && !room) kept.set(start, block);
      yield block;
    }
  }

  return {
    elementCount,
    dtypes: refs.map((ref) => ref.dtype),
    hasBase: planes.base !== null,
    readAs: planes.readAs,
    read: (signal, room) => ahead(readFrom(0, signal, room)),
    from(first) {
      const { from: _, ...whole } = this;
      return { ...whole, whole, read: (signal, room) => ahead(readFrom(first, signal, room)) };
    },
  };
}
