/** Elements that stand for a tensor: read once, looked at again for every recipe. */
import type { Block } from '../../compute/backend.ts';
import { decode } from '../../numerics/decode.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import { roundTo, settle, type WorkDtype } from '../../numerics/round.ts';
import { formulaKey, isComputedPlane } from '../../plan/planes.ts';
import type { PlaneRef } from '../../plan/types.ts';
import type { Run } from '../../views/sampling.ts';
import type { PlaneBlocks } from '../tensor/blocks.ts';
import { type PlaneReader, readPlane } from '../tensor/planes.ts';
import { Shared } from './shared.ts';

/** Values of some elements of one plane, run after run. */
export type Values = { readonly bytes: Uint8Array<ArrayBuffer>; readonly decoded: Room };

type Room = Float32Array<ArrayBuffer>;

/**
 * The samples that were read, by what was read: another weight or method asks for the same elements. Beyond `most`
 * bytes all are forgotten.
 */
export class Samples {
  readonly #known = new Map<string, Shared<Values>>();
  readonly #most: number;
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  forget(): void {
    this.#known.clear();
    this.#bytes = 0;
  }

  /** Whether these were read, or are being read. */
  has(plane: PlaneRef, runs: readonly Run[]): boolean {
    return this.#known.has(keyOf(plane, runs));
  }

  /**
   * Several looks share one reading: it goes on while one of them waits for it.
   *
   * @throws JobError naming tensor and file when bytes cannot be read
   */
  read(
    plane: PlaneRef,
    runs: readonly Run[],
    reader: PlaneReader,
    signal: AbortSignal,
  ): Promise<Values> {
    const key = keyOf(plane, runs);
    const known = this.#known.get(key);
    if (known && !known.isGivenUp) return known.wait(signal);
    const length = runs.reduce((sum, [from, to]) => sum + to - from, 0);
    const bytes = length * (bytesPerElement(plane.dtype) + 4);
    if (known) this.#bytes -= bytes; // given up, but not gone yet
    if (this.#bytes + bytes > this.#most) this.forget();
    this.#bytes += bytes;
    const reading = new Shared((until) => readRuns(plane, runs, length, reader, until));
    this.#known.set(key, reading);
    const result = reading.wait(signal);
    // What failed or was cancelled by all is read again when it is asked for again.
    reading.whenFailed(() => {
      if (this.#known.get(key) !== reading) return; // forgotten meanwhile
      this.#known.delete(key);
      this.#bytes -= bytes;
    });
    return result;
  }
}

async function readRuns(
  plane: PlaneRef,
  runs: readonly Run[],
  length: number,
  reader: PlaneReader,
  signal: AbortSignal,
): Promise<Values> {
  const size = bytesPerElement(plane.dtype);
  const bytes = new Uint8Array(length * size);
  let at = 0;
  for (const [from, to] of runs) {
    const place = bytes.subarray(at * size, (at + to - from) * size);
    await readPlane(plane, from, to - from, reader, signal, place);
    at += to - from;
  }
  const decoded = new Float32Array(length);
  decode(bytes, plane.dtype, decoded);
  return { bytes, decoded };
}

/** Runs are the same array for all planes of a merge. */
const texts = new WeakMap<readonly Run[], string>();

function textOf(runs: readonly Run[]): string {
  const text = texts.get(runs) ?? runs.join(' ');
  texts.set(runs, text);
  return text;
}

/** Some of the runs, for a first look: two of a few, a quarter of many. */
export function thinned(runs: readonly Run[]): readonly Run[] {
  const step = stepOf(runs);
  return step === 1 ? runs : runs.filter((_, i) => i % step === 0);
}

function stepOf({ length }: readonly Run[]): number {
  return length >= 8 ? 4 : length >= 4 ? 2 : 1;
}

const parts = new WeakMap<Values, Values>();

/** The values of those runs, the same ones for the same. */
export function thinnedValues(values: Values, runs: readonly Run[]): Values {
  if (stepOf(runs) === 1) return values;
  const known = parts.get(values);
  if (known) return known;
  const { bytes, decoded } = values;
  const size = bytes.length / decoded.length;
  const length = runs[0][1] - runs[0][0];
  const kept = runs.flatMap((_, i) => (i % stepOf(runs) === 0 ? [i * length] : []));
  const part = {
    bytes: new Uint8Array(kept.length * length * size),
    decoded: new Float32Array(kept.length * length),
  };
  for (const [i, from] of kept.entries()) {
    part.bytes.set(bytes.subarray(from * size, (from + length) * size), i * length * size);
    part.decoded.set(decoded.subarray(from, from + length), i * length);
  }
  parts.set(values, part);
  return part;
}

/** Which values these are: the same text only for the same. */
function keyOf(plane: PlaneRef, runs: readonly Run[]): string {
  const where = textOf(runs);
  if (!isComputedPlane(plane)) {
    const spans = plane.pieces ?? [plane];
    const files = spans.map(({ model, file, begin, end }) => `${model} ${file} ${begin} ${end}`);
    return `${files.join()} ${where}`;
  }
  const { formula, from, to, inputs, dtype } = plane;
  return JSON.stringify([formulaKey(formula), from, to, inputs, dtype, where]);
}

/** The sample as a tensor of its own: methods measure it as they measure any. */
export function blocksOf(
  models: readonly (Values & Pick<PlaneRef, 'dtype'>)[],
  base: (Values & Pick<PlaneRef, 'dtype'>) | null,
  readAs: WorkDtype,
  elementCount: number,
): PlaneBlocks {
  const planes = base === null ? models : [...models, base];
  const block: Block = { start: 0, count: elementCount, planes: planes.map(({ bytes }) => bytes) };
  const blocks = {
    elementCount,
    dtypes: planes.map(({ dtype }) => dtype),
    hasBase: base !== null,
    readAs,
    async *read() {
      if (elementCount > 0) yield block;
    },
  };
  return { ...blocks, from: () => blocks };
}

/** As the kernels see them: rounded to the dtype that inputs are read as. */
export function readAs(values: Room, dtype: WorkDtype): Room {
  if (dtype === 'F32') return values;
  const rounded = values.slice();
  settle(rounded, roundTo(dtype));
  return rounded;
}
