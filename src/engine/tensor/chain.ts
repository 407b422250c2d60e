import type { Block, Blocks, Room } from '../../compute/backend.ts';
import { decode } from '../../numerics/decode.ts';
import { bytesPerElement, type FloatDtype } from '../../numerics/dtype.ts';
import type { PlaneRef } from '../../plan/types.ts';
import { ahead } from './ahead.ts';
import { type Planes, type Reader, refsOf } from './blocks.ts';
import { blockShape } from './memory.ts';
import { readPlane } from './planes.ts';

/** One tensor of a chain. */
export type Link = Planes & { readonly tensor: string };

type Column = { readonly link: Link; readonly refs: readonly PlaneRef[] };

type Piece = Column & {
  readonly from: number;
  readonly count: number;
  readonly at: number;
};

/**
 * Many tensors as if they were one, for measures over a whole model. Every link has the same number
 * of planes, read as the same dtype. Tensors are packed into full blocks whatever their sizes. Planes whose
 * dtype differs along the chain are widened to F32, which loses nothing that a task vector would keep.
 */
export function chainedBlocks(links: readonly Link[], reader: Omit<Reader, 'tensor'>): Blocks {
  const columns = links.map((link) => ({ link, refs: refsOf(link) }));
  const dtypes = (columns[0]?.refs ?? []).map((_, plane) =>
    common(columns.map(({ refs }) => refs[plane])),
  );
  const elementCount = links.reduce((sum, link) => sum + link.elementCount, 0);
  const planeBytes = dtypes.reduce((sum, dtype) => sum + bytesPerElement(dtype), 0);
  // Pieces are copied into their block, so twice the planes are held while it is filled.
  const shape = blockShape(elementCount, 2 * planeBytes, 0, reader.budget);

  async function fill(
    start: number,
    pieces: readonly Piece[],
    signal: AbortSignal,
    room?: Room,
  ): Promise<Block> {
    const count = pieces.reduce((sum, piece) => sum + piece.count, 0);
    const own = () => dtypes.map((dtype) => new Uint8Array(count * bytesPerElement(dtype)));
    const planes = room?.(start, count) ?? own();
    const reads = pieces.flatMap(({ link, refs, from, count: length, at }) =>
      refs.map(async (ref, plane) => {
        const target = dtypes[plane];
        const named = { ...reader, tensor: link.tensor };
        const begins = at * bytesPerElement(target);
        const place = planes[plane].subarray(begins, begins + length * bytesPerElement(target));
        if (ref.dtype === target) await readPlane(ref, from, length, named, signal, place);
        else place.set(widened(await readPlane(ref, from, length, named, signal), ref.dtype));
      }),
    );
    await Promise.all(reads);
    return { start, count, planes };
  }

  async function* read(signal: AbortSignal, room?: Room): AsyncGenerator<Block> {
    let start = 0;
    for (const pieces of packed(columns, shape.blockElements)) {
      signal.throwIfAborted();
      const block = await fill(start, pieces, signal, room);
      yield block;
      start += block.count;
    }
  }

  return {
    elementCount,
    dtypes,
    hasBase: links.some((link) => link.base !== null),
    readAs: links[0]?.readAs ?? 'F32',
    read: (signal, room) => ahead(read(signal, room)),
  };
}

/** Cuts the tensors into runs of exactly `size` elements, but the last. */
function* packed(columns: readonly Column[], size: number): Generator<readonly Piece[]> {
  let pieces: Piece[] = [];
  let filled = 0;
  for (const column of columns) {
    const { elementCount } = column.link;
    for (let from = 0; from < elementCount; ) {
      const count = Math.min(elementCount - from, size - filled);
      pieces.push({ ...column, from, count, at: filled });
      from += count;
      filled += count;
      if (filled === size) {
        yield pieces;
        pieces = [];
        filled = 0;
      }
    }
  }
  if (filled > 0) yield pieces;
}

function common(refs: readonly PlaneRef[]): FloatDtype {
  return refs.every((ref) => ref.dtype === refs[0].dtype) ? refs[0].dtype : 'F32';
}

/** Raw values as those of F32. */
function widened(bytes: Uint8Array<ArrayBuffer>, from: FloatDtype): Uint8Array {
  const values = new Float32Array(bytes.length / bytesPerElement(from));
  decode(bytes, from, values);
  return new Uint8Array(values.buffer);
}
