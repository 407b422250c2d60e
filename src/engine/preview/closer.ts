/** One tensor looked at closely: all of it as tiles, or a few of its elements one by one. */
import { cpuBackend } from '../../compute/cpu/backend.ts';
import { guided } from '../../compute/guided.ts';
import { unitOf } from '../../methods/lines.ts';
import { decode } from '../../numerics/decode.ts';
import { bytesPerElement, type FloatDtype } from '../../numerics/dtype.ts';
import { roundTo, settle, type WorkDtype } from '../../numerics/round.ts';
import type { MergePart, PlaneRef } from '../../plan/types.ts';
import type { Close, Patch, Square } from '../../views/close.ts';
import { Pool } from '../../views/pool.ts';
import { cosine, opposition } from '../../views/rates.ts';
import { type Ballot, Tally } from '../../views/tally.ts';
import { emptyTiles, matrixOf, tilingOf } from '../../views/tiles.ts';
import { planeBlocks } from '../tensor/blocks.ts';
import { type PlaneReader, readPlane } from '../tensor/planes.ts';
import { Counter } from './counted.ts';
import { type Eye, eyeOf, type Lens, weighed } from './eye.ts';
import type { Placed, Subject } from './subjects.ts';
import type { Tools } from './tools.ts';

/** Elements decoded at a time. */
const chunk = 2 ** 16;
const backend = cpuBackend();

/** The eye for one merge of a tensor, measured over all of it. */
export async function measured(
  subject: Subject,
  merge: MergePart,
  lens: Lens,
  tools: Tools,
): Promise<Eye> {
  return eyeOf(subject, merge, blocksOf(subject, merge, tools), lens, backend, tools.signal);
}

function blocksOf({ tensor }: Subject, merge: MergePart, { sources, budget }: Tools) {
  const { planes: models, base, elementCount } = merge;
  const { readAs } = merge.precision;
  const planes = { models, base, readAs, elementCount };
  return planeBlocks(planes, { sources, tensor, budget, outputBytes: 0 });
}

/** Every element of a tensor, pooled into tiles; counts and rates are exact. */
export async function closeUp(
  subject: Subject,
  eyes: readonly Eye[],
  experts: readonly string[],
  ballot: Ballot,
  tools: Tools,
): Promise<Close> {
  const tiling = tilingOf(matrixOf(subject.shape));
  const tiles = emptyTiles(tiling);
  const models = experts.length;
  const tally = new Tally(models);
  const counter = await Counter.of(models, ballot);
  for (const [i, { merge, start }] of subject.merges.entries()) {
    const eye = eyes[i];
    const { length } = merge.planes;
    const { signal } = tools;
    const blocks = guided(blocksOf(subject, merge, tools), eye.guides);
    for await (const block of blocks.read(signal)) {
      for (let from = 0; from < block.count; from += chunk) {
        signal.throwIfAborted();
        const count = Math.min(chunk, block.count - from);
        const value = (k: number, dtype: FloatDtype) =>
          decoded(block.planes[k], dtype, from, count, merge.precision.readAs);
        const x = merge.planes.map(({ dtype }, k) => value(k, dtype));
        const base = merge.base && value(length, merge.base.dtype);
        const guides = block.planes
          .slice(length + (base ? 1 : 0))
          .map((plane) => decoded(plane, 'F32', from, count, 'F32'));
        const left = eye.left(x, base, block.start + from, guides);
        const { weights, ordinals } = eye;
        const at = start + block.start + from;
        counter.tiles({ left, weights, ordinals }, at, tiling, tiles, tally);
      }
    }
  }
  const whole = new Pool(models);
  whole.take({ all: tally, runs: [tally] }, 1);
  const pairs = Array.from({ length: models ** 2 }, (_, i) => [Math.floor(i / models), i % models]);
  return {
    tensor: subject.tensor,
    shape: subject.shape,
    models: experts,
    ...{ tiling, tiles },
    stats: whole.stats(),
    cosines: pairs.map(([a, b]) => cosine(tally, a, b)),
    opposite: pairs.map(([a, b]) => opposition(tally, a, b)),
  };
}

function decoded(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: FloatDtype,
  from: number,
  count: number,
  as: WorkDtype,
): Float32Array<ArrayBuffer> {
  const size = bytesPerElement(dtype);
  const values = new Float32Array(count);
  decode(bytes.subarray(from * size, (from + count) * size), dtype, values);
  settle(values, roundTo(as));
  return values;
}

/** Elements of a square that begins at (row, column) of the tensor's matrix; clipped at its border. Null beyond it. */
export async function patchOf(
  subject: Subject,
  eyes: readonly Eye[],
  experts: readonly string[],
  square: Square,
  { sources, budget, signal }: Tools,
): Promise<Patch | null> {
  const [rows, columns] = matrixOf(subject.shape);
  const { row, column, side } = square;
  if (row >= rows || column >= columns) return null;
  const down = Math.min(side, rows - row);
  const across = Math.min(side, columns - column);
  const models = experts.length;
  const room = () => new Float32Array(down * across);
  const values = experts.map(() => ({ change: room(), left: room(), weight: 0 }));
  const base = room();
  const merged = eyes.every(({ tells }) => tells) ? room() : null;
  const isMerged = new Uint8Array(down * across);
  const reader = { sources, tensor: subject.tensor, budget };
  for (let r = 0; r < down; r++) {
    const first = (row + r) * columns + column;
    const found = subject.merges.findIndex(
      ({ merge, start }) => start <= first && first + across <= start + merge.elementCount,
    );
    if (found < 0) continue; // rows that are not merged
    const { merge, start } = subject.merges[found] as Placed;
    const eye = eyes[found];
    const read = async (plane: PlaneRef) => {
      const bytes = await readPlane(plane, first - start, across, reader, signal);
      return decoded(bytes, plane.dtype, 0, across, merge.precision.readAs);
    };
    const x = await Promise.all(merge.planes.map(read));
    const b = merge.base && (await read(merge.base));
    const guides = await guidesAt(merge, eye, first - start, across, reader, signal);
    const left = eye.left(x, b, first - start, guides);
    const [all, weights] = weighed(left, eye, models);
    for (let k = 0; k < models; k++) {
      const plane = eye.ordinals.indexOf(k);
      values[k].left.set(all[k], r * across);
      values[k].weight = weights[k];
      if (plane < 0) continue;
      const change = x[plane].map((value, i) => value - (b?.[i] ?? 0));
      values[k].change.set(change, r * across);
    }
    if (b) base.set(b, r * across);
    merged?.set(eye.merged(x, b, first - start, guides), r * across);
    isMerged.fill(1, r * across, (r + 1) * across);
  }
  return { tensor: subject.tensor, row, column, down, across, base, merged, isMerged, values };
}

/** The guides of a few elements, from the whole vectors that they lie in. */
async function guidesAt(
  { planes, base, precision, elementCount }: MergePart,
  { guides: told }: Eye,
  from: number,
  count: number,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<readonly Float32Array<ArrayBuffer>[]> {
  const { guides } = told;
  if (!guides) return [];
  const unit = guides.by === 'rank' ? unitOf(guides.lines) : 1;
  const start = from - (from % unit);
  const length = Math.ceil((from + count - start) / unit) * unit;
  const refs = base ? [...planes, base] : planes;
  const read = (plane: PlaneRef) => readPlane(plane, start, length, reader, signal);
  const block = { start, count: length, planes: await Promise.all(refs.map(read)) };
  const dtypes = refs.map(({ dtype }) => dtype);
  const one = {
    ...{ elementCount, dtypes, hasBase: base !== null, readAs: precision.readAs },
    async *read() {
      yield block;
    },
  };
  for await (const { planes: all } of guided(one, told).read(signal)) {
    return all.slice(refs.length).map((plane) => decoded(plane, 'F32', from - start, count, 'F32'));
  }
  return [];
}
