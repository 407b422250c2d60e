import { bytesPerElement, type FloatDtype } from '../../numerics/dtype.ts';
import type { Block } from '../backend.ts';
import { firstWord } from '../shaders/constants.ts';
import { OCT, WORD } from '../shaders/structs.ts';

/** A part of a block that fits into one buffer, and how it lies there. */
export type Piece = {
  readonly block: Block;
  /** Elements of the block before this piece, and in it. */
  readonly from: number;
  readonly count: number;
  /** Index in the tensor of the first element of the first oct: at or before the piece's first. */
  readonly start: number;
  /** Elements between the two; what lies there is zero. */
  readonly head: number;
  readonly octs: number;
  /** Words: where plane 0 begins, after the table of planes, and the distance from plane to plane. */
  readonly first: number;
  readonly stride: number;
  /** Bytes of all of it. */
  readonly byteLength: number;
};

/**
 * Cuts a block so that each piece fits into `limit` bytes. Pieces begin at octs of the tensor, whatever
 * the block begins at, so that noise and trims, which depend on the index, come in whole quads.
 */
export function piecesOf(block: Block, dtypes: readonly FloatDtype[], limit: number): Piece[] {
  const planes = dtypes.length;
  const first = firstWord(planes);
  const widest = Math.max(...dtypes.map(bytesPerElement));
  const most = Math.floor((limit / WORD - first) / (planes * widest)) & ~1;
  if (most < 1) throw new RangeError(`${planes} planes do not fit into ${limit} bytes`);
  const end = block.start + block.count;
  const pieces: Piece[] = [];
  for (let at = block.start; at < end; ) {
    const head = at % OCT;
    const start = at - head;
    const until = Math.min(end, start + most * OCT);
    const octs = Math.ceil((until - start) / OCT);
    // Planes begin at multiples of 16 bytes.
    const stride = octs * widest + ((octs * widest) % 2);
    const byteLength = (first + stride * planes) * WORD;
    const from = at - block.start;
    pieces.push({ block, from, count: until - at, start, head, octs, first, stride, byteLength });
    at = until;
  }
  return pieces;
}

/** Writes the planes of a piece into a buffer; what its octs have around them becomes zero. */
export function upload(
  queue: GPUQueue,
  buffer: GPUBuffer,
  piece: Piece,
  dtypes: readonly FloatDtype[],
): void {
  dtypes.forEach((dtype, k) => {
    const size = bytesPerElement(dtype);
    const plane = piece.block.planes[k];
    const bytes = plane.subarray(piece.from * size, (piece.from + piece.count) * size);
    const at = (piece.first + k * piece.stride) * WORD;
    const room = piece.octs * OCT * size;
    // Writes come in whole words of four bytes: what is left over is padded, and all of it when the
    // piece does not begin at an oct.
    const direct = piece.head === 0 ? bytes.length - (bytes.length % 4) : 0;
    if (direct > 0) queue.writeBuffer(buffer, at, bytes, 0, direct);
    if (direct === room) return;
    const padded = new Uint8Array(room - direct);
    padded.set(bytes.subarray(direct), piece.head * size);
    queue.writeBuffer(buffer, at + direct, padded);
  });
}
