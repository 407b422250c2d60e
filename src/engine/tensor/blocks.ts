import type { Block, Blocks } from '../../compute/backend.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import type { PlaneRef, Span } from '../../plan/types.ts';
import { ahead } from './ahead.ts';
import { isAbort, JobError } from '../errors.ts';
import { type BlockShape, blockShape } from './memory.ts';
import type { Sources } from '../library/sources.ts';

export type Planes = {
  /** Models in recipe order. */
  readonly models: readonly PlaneRef[];
  readonly base: PlaneRef | null;
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
  /** Bytes the whole run may hold. */
  readonly budget: number;
};

/**
 * The planes of one tensor as a stream of blocks that can be read again. Planes of a block are read
 * in parallel and one block is read ahead. A tensor that fits is fetched once and kept; a larger one
 * is read again for every pass.
 */
export function planeBlocks(planes: Planes, reader: Reader): PlaneBlocks {
  const refs = planes.base === null ? planes.models : [...planes.models, planes.base];
  const planeBytes = refs.reduce((sum, ref) => sum + bytesPerElement(ref.dtype), 0);
  const { elementCount } = planes;
  const shape: BlockShape = blockShape(elementCount, planeBytes, reader.outputBytes, reader.budget);
  const kept = new Map<number, Block>();

  async function fetchBlock(start: number, signal: AbortSignal): Promise<Block> {
    const count = Math.min(shape.blockElements, elementCount - start);
    const bytes = refs.map((ref) => {
      const size = bytesPerElement(ref.dtype);
      const begin = ref.begin + start * size;
      return readSpan({ ...ref, begin, end: begin + count * size }, reader, signal);
    });
    const block = { start, count, planes: await Promise.all(bytes) };
    if (shape.keep) kept.set(start, block);
    return block;
  }

  async function* readFrom(first: number, signal: AbortSignal): AsyncGenerator<Block> {
    for (let start = first; start < elementCount; start += shape.blockElements) {
      signal.throwIfAborted();
      yield kept.get(start) ?? (await fetchBlock(start, signal));
    }
  }

  return {
    elementCount,
    dtypes: refs.map((ref) => ref.dtype),
    hasBase: planes.base !== null,
    read: (signal) => ahead(readFrom(0, signal)),
    from(first) {
      return { ...this, read: (signal) => ahead(readFrom(first, signal)) };
    },
  };
}

/** Bytes of a span; failures name tensor and file. */
export async function readSpan(
  span: Span,
  reader: Pick<Reader, 'sources' | 'tensor'>,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = reader.sources.weights(span.model, span.file);
  try {
    return await source.read(span.begin, span.end, signal);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new JobError({ step: 'read', tensor: reader.tensor, file: source.name }, error);
  }
}
