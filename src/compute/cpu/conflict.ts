import {
  type Band,
  bandFields,
  countConstants,
  elementSums,
  LANES,
  MOST_MODELS,
  modelSums,
  pairFields,
  planeLength,
  sumsOf,
  type Vote,
} from '../shaders/conflict.ts';
import { type Fields, pack } from '../shaders/structs.ts';
import type { Main } from './arena.ts';
import { hasSimd, programs } from './programs.ts';

/** Addresses in the memory; what is made lies behind the planes. */
const JOB = 0;
const TALLY = 64;
const WEIGHTS = 128;
const PLANES = 1024;
const PAGE = 65536;

/** Sums of four tiles at a time: sum after sum of them, four numbers each. Holds until the next count. */
export type Counts = {
  /** By group of four tiles: `elementSums`, then `modelSums` of each model. */
  readonly elements: Float32Array;
  /** By pair a < b, in order: `pairSums`, each added up over all elements. */
  readonly pairs: readonly (readonly number[])[];
};

/** conflict.wgsl as WebAssembly, in a memory that never shrinks. */
export class ConflictCounter {
  readonly models: number;
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  #floats = new Float32Array(this.#memory.buffer);
  #words = new Uint32Array(this.#memory.buffer);
  #countElements: Main = () => {};
  #countPairs: Main = () => {};
  #band: Band = { rows: 0, width: 0, tiles: 0 };

  private constructor(models: number) {
    this.models = models;
  }

  static async of(models: number, vote: Vote): Promise<ConflictCounter> {
    const counter = new ConflictCounter(models);
    const main = async (kind: 'ELEMENTS' | 'PAIRS') => {
      const constants = countConstants(kind, models, vote);
      const module = await programs.get({ shader: 'conflict', constants });
      const env = { memory: counter.#memory };
      return (await WebAssembly.instantiate(module, { env })).exports['main'] as Main;
    };
    counter.#countElements = await main('ELEMENTS');
    counter.#countPairs = await main('PAIRS');
    return counter;
  }

  /** Room for the planes of a band, all zero: `planeLength` elements a model. Holds until the next room. */
  room(band: Band): readonly Float32Array[] {
    const { models } = this;
    const length = planeLength(band);
    const { groups } = bandFields(band);
    const sums = LANES * groups * sumsOf('ELEMENTS', models);
    const missing = PLANES + 4 * (models * length + sums) - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / PAGE));
      this.#floats = new Float32Array(this.#memory.buffer);
      this.#words = new Uint32Array(this.#memory.buffer);
    }
    this.#band = band;
    const first = PLANES / 4;
    this.#floats.fill(0, first, first + models * length);
    return Array.from({ length: models }, (_, k) =>
      this.#floats.subarray(first + k * length, first + (k + 1) * length),
    );
  }

  /** Counts what lies in the room; null where numbers are not finite, or their squares too small for f32. */
  count(weights: ArrayLike<number>): Counts | null {
    const { models } = this;
    const band = this.#band;
    const out = PLANES + 4 * models * planeLength(band);
    this.#floats.set(weights, WEIGHTS / 4);
    this.#words[TALLY / 4] = 0;
    const run = (main: Main, fields: Fields<'Band'>, z: number, at: number) => {
      this.#words.set(pack('Band', [fields]), JOB / 4);
      main(JOB, PLANES, WEIGHTS, at, TALLY, 0, fields.groups, z);
    };
    const longer = pairFields(band);
    const room = LANES * longer.groups * sumsOf('PAIRS', models);
    const pairs: (readonly number[])[] = [];
    for (let a = 0; a < models; a++) {
      for (let b = a + 1; b < models; b++) {
        const z = a * models + b;
        // The shader lays pair after pair.
        run(this.#countPairs, longer, z, out - 4 * room * z);
        pairs.push(
          addedUp(this.#floats.subarray(out / 4, out / 4 + room), sumsOf('PAIRS', models)),
        );
      }
    }
    const fields = bandFields(band);
    run(this.#countElements, fields, 0, out);
    if (this.#words[TALLY / 4] !== 0) return null;
    const sums = LANES * fields.groups * sumsOf('ELEMENTS', models);
    const elements = this.#floats.subarray(out / 4, out / 4 + sums);
    if (!isInRange(elements, models) || !pairs.flat().every(Number.isFinite)) return null;
    return { elements, pairs };
  }
}

/** Mean squares from here on lose less than f32 does where small ones vanish: products do below 2⁻¹²⁶. */
const smallestSquare = 2 ** -100;

/** Whether no sum has run over, and no model is so quiet that its squares, or its products with others, have vanished. */
function isInRange(elements: Float32Array, models: number): boolean {
  if (!elements.every(Number.isFinite)) return false;
  const stride = LANES * sumsOf('ELEMENTS', models);
  for (let group = 0; group < elements.length; group += stride) {
    for (let k = 0; k < models; k++) {
      const first = group + LANES * (elementSums.length + modelSums.length * k);
      for (let at = first; at < first + LANES; at++) {
        const [nonZero, squares] = [elements[at], elements[at + (modelSums.length - 1) * LANES]];
        if (nonZero > 0 && squares < nonZero * smallestSquare) return false;
      }
    }
  }
  return true;
}

/** Each of `count` sums over all groups and lanes. */
function addedUp(sums: Float32Array, count: number): readonly number[] {
  const totals = new Array<number>(count).fill(0);
  for (let i = 0; i < sums.length; i++) totals[Math.floor(i / LANES) % count] += sums[i];
  return totals;
}

/** Of this thread, by models and vote. */
const made = new Map<string, Promise<ConflictCounter>>();

/** Null where only the definition can count: without SIMD, and of very many models. */
export function conflictCounter(models: number, vote: Vote): Promise<ConflictCounter> | null {
  if (!hasSimd() || models > MOST_MODELS) return null;
  const key = JSON.stringify([models, vote]);
  const known = made.get(key) ?? ConflictCounter.of(models, vote);
  made.set(key, known);
  return known;
}
