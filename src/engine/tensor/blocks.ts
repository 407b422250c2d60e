import type { Block, Blocks, Room } from '../../compute/backend.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import type { WorkDtype } from '../../numerics/round.ts';
import type { PlaneRef, Span } from '../../plan/types.ts';
import { isAbort, JobError } from '../errors.ts';
import type { Sources } from '../library/sources.ts';
import { ahead } from './ahead.ts';
import { blockShape, roomElements } from './memory.ts';

export type Planes = {
  /** Models in recipe order. */
  readonly models: readonly PlaneRef[];
  readonly base: PlaneRef | null;
  readonly readAs: WorkDtype;
  readonly elementCount: number;
};

export type PlaneBlocks = Blocks & {
  /** The same blocks without those before element `first`, which must be the start of a block. */
  from(first: number): Blocks;
};

export type Reader = {
  readonly sources: Sources;
  /** For error messages. */
  readonly tensor: string;
  readonly outputBytes: number;
  /** Bytes the whole run may hold, or in a kernel worker what that may. */
  readonly budget: number;
};

/**
 * The planes of one tensor as a stream of blocks that can be read again. Planes of a block are read
 * in parallel and one block is read ahead. A tensor that fits is fetched once and kept, by whoever gives
 * it room or else here; a larger one is read again for every pass.
 */
export function planeBlocks(planes: Planes, reader: Reader): PlaneBlocks {
  const refs = planes.base === null ? planes.models : [...planes.models, planes.base];
  const planeBytes = refs.reduce((sum, ref) => sum + bytesPerElement(ref.dtype), 0);
  const { elementCount } = planes;
  const sizes = [elementCount, planeBytes, reader.outputBytes, reader.budget] as const;
  const shape = blockShape(...sizes);
  const kept = new Map<number, Block>();

  async function fetchBlock(
    start: number,
    count: number,
    signal: AbortSignal,
    room?: Room,
  ): Promise<Block> {
    const places = room?.(start, count);
    const bytes = refs.map((ref, k) => {
      const size = bytesPerElement(ref.dtype);
      const begin = ref.begin + start * size;
      const span = { ...ref, begin, end: begin + count * size };
      return readSpan(span, reader, signal, places?.[k]);
    });
    return { start, count, planes: await Promise.all(bytes) };
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
      return { ...this, read: (signal, room) => ahead(readFrom(first, signal, room)) };
    },
  };
}

/** Bytes of a span, in `into` if given; failures name tensor and file. */
export async function readSpan(
  span: Span,
  reader: Pick<Reader, 'sources' | 'tensor'>,
  signal: AbortSignal,
  into?: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = reader.sources.weights(span.model, span.file);
  try {
    const bytes = await source.read(span.begin, span.end, signal, into);
    if (into === undefined || bytes === into) return bytes;
    into.set(bytes);
    return into;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new JobError({ step: 'read', tensor: reader.tensor, file: source.name }, error);
  }
}
