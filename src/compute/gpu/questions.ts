import type { TensorMeasure } from '../../methods/method.ts';
import { NonFiniteError } from '../backend.ts';
import { BINS, FLAGS, type Search, SLAB } from '../shaders/search.ts';
import { pack, THREADS } from '../shaders/structs.ts';
import {
  byProgram,
  type RankMeasure,
  type SumMeasure,
  sumCode,
  sumFields,
} from '../shaders/sums.ts';
import type { Piece } from './pieces.ts';
import type { Dispatch, Output } from './runner.ts';

/** What one pass over a tensor wants to know: a dispatch for every piece, and an ear for its output. */
export type Question = {
  /** Null when this piece has nothing to say. */
  ask(piece: Piece): Asked | null;
  hear(piece: Piece, output: Output): void;
};

export type Searching = { readonly measure: RankMeasure; readonly search: Search };

export type Asked = Omit<Dispatch, 'program' | 'coefficients' | 'at'> & {
  readonly shader: 'reduce' | 'sample' | 'select';
  /** A measure that it is for; all others it is for are of the same numbers. */
  readonly of: TensorMeasure;
  /** Override constants beside those that every shader has. */
  readonly constants?: Readonly<Record<string, number>>;
};

/** Adds the sum of each measure over the tensor to its total. */
export function askSums(measures: readonly SumMeasure[], totals: number[]): Question[] {
  const all = byProgram([...measures.keys()], (place) => measures[place]);
  return all.map((places) => askSumsOfKind(places, measures, totals));
}

function askSumsOfKind(
  places: readonly number[],
  measures: readonly SumMeasure[],
  totals: number[],
): Question {
  const partials = (piece: Piece) => slabs(piece) * THREADS;
  return {
    ask: (piece) => ({
      shader: 'reduce',
      of: measures[places[0]],
      constants: { KIND: sumCode(measures[places[0]]) },
      parameters: pack(
        'Sum',
        places.map((place) => sumFields(measures[place], piece.start)),
      ),
      outputBytes: partials(piece) * places.length * 4,
      tallyBytes: 4,
      workgroups: slabs(piece),
      layers: places.length,
    }),
    hear(piece, { output }) {
      places.forEach((place, z) => {
        const sums = new Float32Array(output, z * partials(piece) * 4, partials(piece));
        const total = sums.reduce((sum, partial) => sum + partial, 0);
        if (!Number.isFinite(total)) throw new NonFiniteError('A sum is too large for f32');
        totals[place] += total;
      });
    },
  };
}

/** One magnitude of every stride for each of the searches; all have the same stride. */
export function askSample(searches: readonly Searching[]): Question {
  const { pass } = searches[0].search;
  if (pass?.kind !== 'sample') throw new Error('The search asked for something else');
  const { stride } = pass;
  const count = (piece: Piece) => Math.ceil((piece.head + piece.count) / stride);
  return {
    ask: (piece) => ({
      shader: 'sample',
      of: searches[0].measure,
      parameters: pack(
        'Sample',
        searches.map(({ measure: { model } }) => {
          return { model, first: 0, stride, count: count(piece) };
        }),
      ),
      outputBytes: count(piece) * searches.length * 4,
      tallyBytes: 4,
      workgroups: Math.ceil(count(piece) / THREADS),
      layers: searches.length,
    }),
    hear(piece, { output }) {
      searches.forEach(({ search }, z) => {
        search.addSample(new Uint32Array(output, z * count(piece) * 4, count(piece)));
      });
    },
  };
}

/** One step of each search. */
export function askSteps(searches: readonly Searching[]): Question {
  return {
    ask: (piece) => ({
      shader: 'select',
      of: searches[0].measure,
      parameters: pack(
        'Search',
        searches.map(({ measure: { model }, search: { pass } }) => {
          if (pass?.kind !== 'step') throw new Error('The search asked for something else');
          return { model, low: pass.low, high: pass.high, shift: pass.shift, guess: pass.guess };
        }),
      ),
      outputBytes: slabs(piece) * THREADS * searches.length * 8,
      tallyBytes: (FLAGS + BINS * searches.length) * 4,
      workgroups: slabs(piece),
      layers: searches.length,
    }),
    hear(piece, { output, tally }) {
      searches.forEach(({ search }, z) => {
        const words = slabs(piece) * THREADS * 2;
        const ofThreads = new Uint32Array(output, z * words * 4, words);
        const begin = FLAGS + z * BINS;
        search.addStep({
          starts: slabStarts(piece),
          counts: slabTotals(ofThreads),
          zeros: slabZeros(piece),
          histogram: tally.subarray(begin, begin + BINS),
        });
      });
    },
  };
}

/** All magnitudes of the slab whose first element is `start`. */
export function askSlab({ measure, search }: Searching, start: number): Question {
  return {
    ask(piece) {
      if (!slabStarts(piece).includes(start)) return null;
      const { model } = measure;
      const fields = { model, first: start - piece.start, stride: 1, count: SLAB };
      return {
        shader: 'sample',
        of: measure,
        parameters: pack('Sample', [fields]),
        outputBytes: SLAB * 4,
        tallyBytes: 4,
        workgroups: SLAB / THREADS,
      };
    },
    hear(_piece, { output }) {
      search.addSlab(new Uint32Array(output));
    },
  };
}

/** [above, equal] of each slab from those of its threads. */
function slabTotals(ofThreads: Uint32Array): Uint32Array {
  const totals = new Uint32Array(ofThreads.length / THREADS);
  for (let i = 0; i < ofThreads.length; i++) {
    totals[2 * Math.floor(i / (2 * THREADS)) + (i % 2)] += ofThreads[i];
  }
  return totals;
}

/** Index in the tensor of the first element of each slab; the first slab has a piece's head before it. */
function slabStarts(piece: Piece): readonly number[] {
  return Array.from({ length: slabs(piece) }, (_, slab) =>
    slab === 0 ? piece.start + piece.head : piece.start + slab * SLAB,
  );
}

/** Zeros before and after the piece that its first and its last slab hold. */
function slabZeros(piece: Piece): readonly number[] {
  const zeros = new Array<number>(slabs(piece)).fill(0);
  zeros[0] += piece.head;
  zeros[zeros.length - 1] += piece.octs * 8 - piece.head - piece.count;
  return zeros;
}

function slabs(piece: Piece): number {
  return Math.ceil((piece.octs * 8) / SLAB);
}
