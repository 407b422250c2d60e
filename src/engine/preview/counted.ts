/** What models want at elements, counted by the shader, and by the definition where that cannot. */
import { type ConflictCounter, type Counts, conflictCounter } from '../../compute/cpu/conflict.ts';
import {
  elementSums,
  LANES,
  modelSums,
  pairSums,
  pitchOf,
} from '../../compute/shaders/conflict.ts';
import type { Tallied } from '../../views/pool.ts';
import type { Run } from '../../views/sampling.ts';
import { type Ballot, Tally } from '../../views/tally.ts';
import { pool, type TileSums, type Tiling } from '../../views/tiles.ts';
import { type Eye, weighed } from './eye.ts';

/** What is left of the task vectors of a merge's planes, and the weight and place of each among the experts. */
export type Wishes = Pick<Eye, 'weights' | 'ordinals'> & { readonly left: readonly Float32Array[] };

/** An election among the models that have a tensor. */
export function heldBy({ ordinals }: Pick<Eye, 'ordinals'>, ballot: Ballot): Ballot {
  return { ...ballot, voters: ordinals.length };
}

/** Terms of a sum, which the shader adds up in f32. */
const longest = 1024;

export class Counter {
  readonly #models: number;
  readonly #ballot: Ballot;
  readonly #shader: ConflictCounter | null;

  private constructor(models: number, ballot: Ballot, shader: ConflictCounter | null) {
    this.#models = models;
    this.#ballot = ballot;
    this.#shader = shader;
  }

  /** For so many experts. */
  static async of(models: number, ballot: Ballot): Promise<Counter> {
    const { by } = ballot;
    // The shader does not know how many models have a tensor.
    const shader = by === 'unanimous' ? null : await conflictCounter(models, { ...ballot, by });
    return new Counter(models, ballot, shader);
  }

  /** Runs of one length that lie one after the other in `wishes`. */
  runs(wishes: Wishes, runs: readonly Run[]): Tallied {
    if (runs.length === 0) return { all: new Tally(this.#models), runs: [] };
    const counted = this.#shader && this.#countRuns(this.#shader, wishes, runs);
    if (counted) return counted;
    const [all, weights] = weighed(wishes.left, wishes, this.#models);
    const ballot = heldBy(wishes, this.#ballot);
    let at = 0;
    const parts = runs.map(([from, to]) => {
      const part = new Tally(this.#models);
      part.take(all, weights, ballot, at, at + to - from);
      at += to - from;
      return part;
    });
    const sum = new Tally(this.#models);
    for (const part of parts) sum.add(part);
    return { all: sum, runs: parts };
  }

  /** Adds elements that lie in a tensor from `start` on. */
  tiles(wishes: Wishes, start: number, tiling: Tiling, tiles: TileSums, tally: Tally): void {
    const { columns, height } = tiling;
    const end = start + wishes.left[0].length;
    for (let at = start; at < end; ) {
      // As much as lies in one row of tiles.
      const next = (Math.floor(Math.floor(at / columns) / height) + 1) * height * columns;
      const to = Math.min(end, next);
      const left = wishes.left.map((values) => values.subarray(at - start, to - start));
      const own = { ...wishes, left };
      if (!this.#shader || !this.#countTiles(this.#shader, own, at, tiling, tiles, tally)) {
        pool(tiles, tiling, at, left, wishes.weights);
        tally.take(...weighed(left, wishes, this.#models), heldBy(wishes, this.#ballot));
      }
      at = to;
    }
  }

  #countRuns(shader: ConflictCounter, wishes: Wishes, runs: readonly Run[]): Tallied | null {
    const length = runs[0][1] - runs[0][0];
    const parts = Math.ceil(Math.max(length / longest, LANES / runs.length));
    const width = Math.ceil(length / parts);
    const room = shader.room({ rows: 1, width, tiles: parts * runs.length });
    for (const [plane, k] of wishes.ordinals.entries()) {
      for (let r = 0; r < runs.length; r++) {
        const run = wishes.left[plane].subarray(r * length, (r + 1) * length);
        room[k].set(run, r * parts * width);
      }
    }
    const counts = this.#count(shader, wishes);
    if (!counts) return null;
    const all = new Tally(this.#models);
    all.elements = length * runs.length;
    addCounts(all, counts);
    return { all, runs: runs.map((_, r) => sumsOf(counts, this.#models, r * parts, parts)) };
  }

  /** Elements of one row of tiles; false where they cannot be counted. */
  #countTiles(
    shader: ConflictCounter,
    wishes: Wishes,
    start: number,
    { columns, height, width, across }: Tiling,
    tiles: TileSums,
    tally: Tally,
  ): boolean {
    const count = wishes.left[0].length;
    const row = Math.floor(start / columns);
    const rows = Math.floor((start + count - 1) / columns) - row + 1;
    // A part of one row may be a small part of a long one.
    const first = rows > 1 ? 0 : Math.floor((start % columns) / width);
    const last = rows > 1 ? across : Math.floor(((start + count - 1) % columns) / width) + 1;
    const band = { rows, width, tiles: last - first };
    const room = shader.room(band);
    for (const [plane, k] of wishes.ordinals.entries()) {
      for (let from = 0; from < count; ) {
        const column = (start + from) % columns;
        const to = Math.min(count, from + columns - column);
        const place = Math.floor((start + from) / columns) - row;
        const at = place * pitchOf(band) + column - first * width;
        room[k].set(wishes.left[plane].subarray(from, to), at);
        from = to;
      }
    }
    const counts = this.#count(shader, wishes);
    if (!counts) return false;
    tally.elements += count;
    addCounts(tally, counts);
    const begin = Math.floor(row / height) * across + first;
    for (let t = 0; t < band.tiles; t++) {
      const at = placeOf(t, this.#models);
      for (const [s, name] of elementSums.entries()) {
        if (name === 'split') continue;
        const value = counts.elements[at + s * LANES];
        const sums = tiles[name];
        sums[begin + t] =
          name === 'most' ? Math.max(sums[begin + t], value) : sums[begin + t] + value;
      }
    }
    return true;
  }

  #count(shader: ConflictCounter, { weights, ordinals }: Wishes): Counts | null {
    const all = new Float32Array(this.#models);
    for (const [plane, k] of ordinals.entries()) all[k] = weights[plane];
    return shader.count(all);
  }
}

/** Where the sums of a tile begin; each is `LANES` after the one before it. */
function placeOf(tile: number, models: number): number {
  const stride = (elementSums.length + modelSums.length * models) * LANES;
  return Math.floor(tile / LANES) * stride + (tile % LANES);
}

/** Adds all tiles and pairs. */
function addCounts(tally: Tally, { elements, pairs }: Counts): void {
  const { models } = tally;
  const sums = new Float64Array(elementSums.length + modelSums.length * models);
  for (let i = 0; i < elements.length; i++) sums[(i >> 2) % sums.length] += elements[i];
  for (const [s, name] of elementSums.entries()) if (name !== 'most') tally[name] += sums[s];
  for (let k = 0; k < models; k++) {
    const first = elementSums.length + modelSums.length * k;
    for (const [s, name] of modelSums.entries()) tally[name][k] += sums[first + s];
  }
  let pair = 0;
  for (let a = 0; a < models; a++) {
    for (let b = a + 1; b < models; b++) {
      for (const [s, name] of pairSums.entries()) tally[name][a * models + b] += pairs[pair][s];
      pair += 1;
    }
  }
}

/** The sums over elements of some tiles. */
function sumsOf({ elements }: Counts, models: number, from: number, count: number) {
  const sums = { shared: 0, conflicts: 0, mass: 0, opposed: 0 };
  for (let t = from; t < from + count; t++) {
    const at = placeOf(t, models);
    sums.shared += elements[at];
    sums.conflicts += elements[at + LANES];
    sums.mass += elements[at + 2 * LANES];
    sums.opposed += elements[at + 3 * LANES];
  }
  return sums;
}
