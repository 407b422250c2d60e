import { bitsOf } from '../../numerics/dtype.ts';
import { elementCount } from '../model.ts';
import type { ReadableFile } from '../safetensors/header.ts';
import type { TorchTensor } from './place-tensor.ts';

/** Bytes of a strided tensor read at once. */
const defaultWindow = 4 * 2 ** 20;

/**
 * The elements [first, end) of a tensor in C order, as bytes. Holds what it returns and, of a strided tensor,
 * one window: where the elements lie far apart, it goes through all that lies between. Throws `RangeError`
 * for elements that the tensor does not have; errors of reading pass through.
 */
export async function readElements(
  file: ReadableFile,
  tensor: TorchTensor,
  first: number,
  end: number,
  signal?: AbortSignal,
  window = defaultWindow,
): Promise<Uint8Array<ArrayBuffer>> {
  const { name, dtype, shape, begin, strides } = tensor;
  if (!(0 <= first && first <= end && end <= elementCount(shape))) {
    throw new RangeError(`Elements ${first} to ${end} of ${name}, shape [${shape.join(', ')}]`);
  }
  const width = bitsOf[dtype] / 8;
  if (first === end) return new Uint8Array();
  if (strides === null) return file.read(begin + first * width, begin + end * width, signal);

  const out = typed(new Uint8Array((end - first) * width), width);
  const runs = () => runsOf(shape, strides, first, end);
  const step = Math.max(1, Math.floor(window / width));
  const [low, high] = reach(runs());
  for (let from = low; from < high; from += step) {
    const until = Math.min(from + step, high);
    if (!touches(runs(), from, until)) continue;
    const bytes = await file.read(begin + from * width, begin + until * width, signal);
    const source = typed(bytes, width);
    for (const run of runs()) copy(cut(run, from, until), source, from, out, first);
  }
  return new Uint8Array(out.buffer);
}

/** Neighbours in C order that lie at one distance in the file. All in elements. */
type Run = {
  /** Number of the first in C order. */
  readonly first: number;
  /** Where the first lies, from that of the tensor on. */
  readonly at: number;
  readonly step: number;
  readonly count: number;
};

/** The places [low, high) that runs reach. */
function reach(runs: Iterable<Run>): readonly [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const { at, step, count } of runs) {
    low = Math.min(low, at);
    high = Math.max(high, at + (count - 1) * step + 1);
  }
  return [low, high];
}

function touches(runs: Iterable<Run>, from: number, until: number): boolean {
  for (const run of runs) if (cut(run, from, until).count > 0) return true;
  return false;
}

/** Elements [first, end) by the last axis that has a step. */
function* runsOf(
  shape: readonly number[],
  strides: readonly number[],
  first: number,
  end: number,
): Generator<Run> {
  const axes = shape.map((size, i) => ({ size, stride: strides[i] })).filter((a) => a.size > 1);
  const { size, stride } = axes.pop()!;
  axes.reverse();
  for (let row = Math.floor(first / size); row * size < end; row++) {
    let at = 0;
    let rest = row;
    for (const axis of axes) {
      at += (rest % axis.size) * axis.stride;
      rest = Math.floor(rest / axis.size);
    }
    const begin = Math.max(first, row * size);
    const count = Math.min(end, (row + 1) * size) - begin;
    yield { first: begin, at: at + (begin - row * size) * stride, step: stride, count };
  }
}

/** The part of a run that lies in places [from, until). */
function cut({ first, at, step, count }: Run, from: number, until: number): Run {
  if (step === 0) return { first, at, step, count: from <= at && at < until ? count : 0 };
  const skip = Math.max(0, Math.ceil((from - at) / step));
  const stop = Math.min(count, Math.ceil((until - at) / step));
  return { first: first + skip, at: at + skip * step, step, count: Math.max(0, stop - skip) };
}

type Elements =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

/** As unsigned numbers, so that no bit changes on the way. */
function typed(bytes: Uint8Array<ArrayBuffer>, width: number): Elements {
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const { buffer, byteOffset, byteLength } = aligned;
  if (width === 1) return new Uint8Array(buffer, byteOffset, byteLength);
  if (width === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  if (width === 4) return new Uint32Array(buffer, byteOffset, byteLength / 4);
  return new BigUint64Array(buffer, byteOffset, byteLength / 8);
}

function copy(part: Run, source: Elements, from: number, out: Elements, first: number): void {
  const { at, step, count } = part;
  for (let i = 0; i < count; i++) out[part.first - first + i] = source[at - from + i * step];
}
