import type { Deriving, TensorMeasure } from '../../methods/method.ts';
import type { Cut } from '../../numerics/select.ts';
import { type Blocks, NonFiniteError } from '../backend.ts';
import { derivedOf } from '../shaders/constants.ts';
import { BINS, FLAGS, Search, SLAB } from '../shaders/search.ts';
import { pack } from '../shaders/structs.ts';
import {
  byProgram,
  derivedIn,
  isRank,
  isSum,
  type RankMeasure,
  sumCode,
  sumFields,
} from '../shaders/sums.ts';
import { type Arena, COEFFS, GIVEN, JOB, type Main, OUT, type Placed, TALLY } from './arena.ts';
import { cutOf } from './cut-of.ts';
import type { Variant } from './programs.ts';
import { CHUNK } from './task.ts';

/** Slabs that all searches go over before the next: the base stays in the processor's cache. */
const SLABS_AT_ONCE = 4;
/** More passes than a search over 2³¹ patterns, 2,048 at a time, can need; a source that changes takes more. */
const MOST_PASSES = 16;
/** Histograms that the arena has room for. */
const MOST_SEARCHES = 64;

type Searching = { readonly measure: RankMeasure; readonly search: Search };
/** Tensors so small that their magnitudes are simply sorted. */
const SMALL = SLAB;
type Find = (variant: Pick<Variant, 'shader' | 'formula' | 'constants'>) => Promise<Main>;

/** The measures of one tensor, pass by pass: `begin` until it says no, `see` every block, `finishPass`. */
export class Measuring {
  readonly #measures: readonly TensorMeasure[];
  readonly #arena: Arena;
  readonly #deriving: Deriving | undefined;
  readonly #findVariant: Find;
  readonly #searches: readonly Searching[];
  /** Magnitudes of a small tensor by the measure's place, and what was found in them. */
  readonly #patterns = new Map<number, Uint32Array>();
  readonly #cuts = new Map<number, Cut>();
  readonly #mains = new Map<string, Promise<Main>>();
  readonly #sums: Float64Array;
  #summed: boolean;
  #passes = 0;

  constructor(
    blocks: Blocks,
    measures: readonly TensorMeasure[],
    deriving: Deriving | undefined,
    arena: Arena,
    find: Find,
  ) {
    const { elementCount, hasBase } = blocks;
    if (!hasBase && !measures.every((one) => one.kind === 'dot' && one.of === 'weights')) {
      throw new Error('Without a base there are no task vectors');
    }
    this.#measures = measures;
    this.#deriving = deriving;
    this.#arena = arena;
    this.#findVariant = find;
    this.#sums = new Float64Array(measures.length);
    this.#summed = !measures.some(isSum);
    this.#searches = measures.flatMap((measure, i) => {
      if (!isRank(measure)) return [];
      if (elementCount <= SMALL) {
        this.#patterns.set(i, new Uint32Array(elementCount));
        return [];
      }
      const search = new Search(measure.count, elementCount, sampleSize(elementCount));
      return [{ measure, search }];
    });
  }

  /** Whether another pass over the tensor is needed. */
  begin(): boolean {
    if (this.#passes++ > MOST_PASSES) throw new Error('The values changed between two passes');
    if (!this.#summed) return true;
    if (this.#patterns.size > this.#cuts.size) return true;
    return this.#searches.some(({ search }) => search.pass !== null);
  }

  finishPass(): void {
    this.#summed = true;
    for (const [i, patterns] of this.#patterns) {
      const measure = this.#measures[i];
      if (isRank(measure)) this.#cuts.set(i, cutOf(patterns, measure.count));
    }
    for (const { search } of this.#searches) search.finishPass();
  }

  answers(): readonly (readonly number[])[] {
    const cuts = this.#searches.map(({ search }) => search.cut);
    return this.#measures.map((measure, i) => {
      if (!isRank(measure)) return [this.#sums[i]];
      const { magnitude, lastIndex } = this.#cuts.get(i) ?? cuts.shift()!;
      return [magnitude, lastIndex];
    });
  }

  /** Takes a block, described to the shaders. @throws NonFiniteError when it holds NaN or infinity */
  async see(placed: Placed): Promise<void> {
    const told = Float32Array.from(this.#deriving?.coefficients ?? []);
    this.#arena.words.set(new Uint32Array(told.buffer), COEFFS / 4);
    if (!this.#summed) await this.#sum(placed);
    if (this.#cuts.size < this.#patterns.size) await this.#look(placed);
    const of = (kind: 'sample' | 'step' | 'locate') =>
      this.#searches.filter(({ search }) => search.pass?.kind === kind);
    for (const each of of('locate')) await this.#locate(each, placed);
    for (const each of of('sample')) await this.#sample(each, placed);
    for (const stepping of byProgram(of('step'), ({ measure }) => measure)) {
      for (let first = 0; first < stepping.length; first += MOST_SEARCHES) {
        await this.#step(stepping.slice(first, first + MOST_SEARCHES), placed);
      }
    }
  }

  /** The shader that collects for a measure. */
  #find(shader: Variant['shader'], measure: TensorMeasure): Promise<Main> {
    const key = `${shader} ${isSum(measure) ? sumCode(measure) : ''} ${derivedIn(measure)}`;
    let main = this.#mains.get(key);
    if (!main) {
      const { constants, ...formula } = derivedOf(measure, this.#deriving);
      const kind = isSum(measure) ? { KIND: sumCode(measure) } : {};
      main = this.#findVariant({ shader, ...formula, constants: { ...kind, ...constants } });
      this.#mains.set(key, main);
    }
    return main;
  }

  /** Adds the sum of each chunk, in ascending order; chunks begin at multiples of `CHUNK`. */
  async #sum({ block, address, start, octs }: Placed): Promise<void> {
    const { words, memory } = this.#arena;
    const four = new Float64Array(memory.buffer, OUT, 4);
    words[TALLY / 4] = 0;
    for (const [i, measure] of this.#measures.entries()) {
      if (!isSum(measure)) continue;
      const main = await this.#find('reduce', measure);
      words.set(pack('Sum', [sumFields(measure, start)]), GIVEN / 4);
      for (let from = 0; from < block.count; from += CHUNK) {
        const end = Math.min(2 * octs, (from + CHUNK) / 4);
        main(JOB, address, GIVEN, OUT, TALLY, COEFFS, from / 4, end, 0);
        this.#sums[i] += four[0] + four[1] + (four[2] + four[3]);
      }
    }
    this.#refuseNonFinite();
  }

  /** Takes all magnitudes of a small tensor's block. */
  async #look({ block, address, head, start }: Placed): Promise<void> {
    for (const [i, patterns] of this.#patterns) {
      const measure = this.#measures[i];
      if (!isRank(measure)) continue;
      const taken = await this.#take(measure, head, 1, block.count, address);
      patterns.set(taken, start + head);
    }
  }

  async #sample({ measure, search }: Searching, { block, address, head }: Placed): Promise<void> {
    const { pass } = search;
    if (pass?.kind !== 'sample') return;
    const count = Math.ceil((head + block.count) / pass.stride);
    search.addSample(await this.#take(measure, 0, pass.stride, count, address));
  }

  async #locate({ measure, search }: Searching, placed: Placed): Promise<void> {
    const { pass } = search;
    if (pass?.kind !== 'locate') return;
    const { block, address, start } = placed;
    if (pass.start < block.start || pass.start >= block.start + block.count) return;
    search.addSlab(await this.#take(measure, pass.start - start, 1, SLAB, address));
  }

  /** Magnitudes of single elements: see sample.wgsl. */
  async #take(
    measure: RankMeasure,
    first: number,
    stride: number,
    count: number,
    address: number,
  ): Promise<Uint32Array> {
    const main = await this.#find('sample', measure);
    const { words } = this.#arena;
    words[TALLY / 4] = 0;
    words.set(pack('Sample', [{ model: measure.model, first, stride, count }]), GIVEN / 4);
    main(JOB, address, GIVEN, OUT, TALLY, COEFFS, 0, count, 0);
    this.#refuseNonFinite();
    return words.slice(OUT / 4, OUT / 4 + count);
  }

  /** One step of each search over the block. */
  async #step(searches: readonly Searching[], { block, address, head, octs }: Placed) {
    const main = await this.#find('select', searches[0].measure);
    const { words } = this.#arena;
    const slabs = Math.ceil((octs * 8) / SLAB);
    const counts = searches.map(() => new Uint32Array(2 * slabs));
    words.fill(0, TALLY / 4, TALLY / 4 + FLAGS + BINS * searches.length);
    const fields = searches.map(({ measure: { model }, search: { pass } }) => {
      if (pass?.kind !== 'step') throw new Error('The search asked for something else');
      return { model, low: pass.low, high: pass.high, shift: pass.shift, guess: pass.guess };
    });
    words.set(pack('Search', fields), GIVEN / 4);
    for (let begin = 0; begin < slabs; begin += SLABS_AT_ONCE) {
      const end = Math.min(slabs, begin + SLABS_AT_ONCE);
      for (let z = 0; z < searches.length; z++) {
        // The shader counts slabs from the beginning of the block, one row after the other.
        const counted = OUT - 8 * (slabs * z + begin);
        main(JOB, address, GIVEN, counted, TALLY, COEFFS, begin, end, z);
        counts[z].set(words.subarray(OUT / 4, OUT / 4 + 2 * (end - begin)), 2 * begin);
      }
    }
    this.#refuseNonFinite();
    const starts = Array.from({ length: slabs }, (_, slab) =>
      slab === 0 ? block.start : block.start - head + slab * SLAB,
    );
    const zeros = new Array<number>(slabs).fill(0);
    zeros[0] += head;
    zeros[slabs - 1] += slabs * SLAB - head - block.count;
    searches.forEach(({ search }, z) => {
      const begin = TALLY / 4 + FLAGS + z * BINS;
      const histogram = words.slice(begin, begin + BINS);
      search.addStep({ starts, counts: counts[z], zeros, histogram });
    });
  }

  #refuseNonFinite(): void {
    if (this.#arena.words[TALLY / 4] !== 0) {
      throw new NonFiniteError('A plane or a step holds NaN or infinity');
    }
  }
}

/** Large enough for a bracket of a few percent, and soon sorted: between 2¹⁰ and 2¹⁵. */
function sampleSize(elementCount: number): number {
  return Math.min(2 ** 15, Math.max(2 ** 10, elementCount / 256));
}
