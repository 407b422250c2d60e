import type { Measure } from '../../methods/method.ts';
import { keepLimit } from '../../numerics/random.ts';
import { NonFiniteError } from '../backend.ts';
import type { Piece } from './pieces.ts';
import type { Dispatch, Output } from './runner.ts';
import { BINS, type Search, SLAB } from './search.ts';
import { type Fields, pack, sumKinds } from './structs.ts';

/** What one pass over a tensor wants to know: a dispatch for every piece, and an ear for its output. */
export type Question = {
  /** Null when this piece has nothing to say. */
  ask(piece: Piece): Asked | null;
  hear(piece: Piece, output: Output): void;
};

export type Asked = Omit<Dispatch, 'program' | 'at'> & {
  readonly shader: 'reduce' | 'sample' | 'select';
};

export type SumMeasure = Exclude<Measure, { kind: 'magnitude' }>;

const THREADS = 64;
/** Words before the histograms in select.wgsl. */
const TALLY = 2;

/** Adds each measure's sum over the tensor to `totals`. */
export function askSums(measures: readonly SumMeasure[], totals: number[]): Question {
  return {
    ask: (piece) => ({
      shader: 'reduce',
      parameters: pack(
        'Sum',
        measures.map((measure) => sumOf(measure, piece)),
      ),
      outputBytes: slabs(piece) * measures.length * 4,
      tallyBytes: 4,
      workgroups: slabs(piece),
      layers: measures.length,
    }),
    hear(piece, { output }) {
      const partials = new Float32Array(output);
      partials.forEach((partial, i) => {
        if (!Number.isFinite(partial)) throw new NonFiniteError('A sum is too large for f32');
        totals[Math.floor(i / slabs(piece))] += partial;
      });
    },
  };
}

function sumOf(measure: SumMeasure, piece: Piece): Fields<'Sum'> {
  const code = (kind: (typeof sumKinds)[number]) => sumKinds.indexOf(kind);
  const none = { a: 0, b: 0, magnitude: 0, cut: 0, limit: 0, seed: 0, draws: 1 };
  if (measure.kind === 'dot') {
    const kind = measure.of === 'weights' ? 'DOT_WEIGHTS' : 'DOT_TASK_VECTORS';
    return { ...none, kind: code(kind), a: measure.a, b: measure.b };
  }
  const { model: a, keep } = measure;
  if (keep.kind === 'all') return { ...none, kind: code('MASS_ALL'), a };
  if (keep.kind === 'drawn') {
    const { seed, draws, density } = keep;
    return { ...none, kind: code('MASS_DRAWN'), a, seed, draws, limit: keepLimit(density) };
  }
  const magnitude = new Uint32Array(Float32Array.of(keep.magnitude).buffer)[0];
  // Indices are known modulo 2³² on the GPU.
  const wrapped = piece.start - (piece.start % 2 ** 32);
  const cut = Math.min(Math.max(keep.lastIndex + 1 - wrapped, 0), 0xffffffff);
  return { ...none, kind: code('MASS_LARGEST'), a, magnitude, cut };
}

/** One magnitude of every `stride` for each of the searches; all have the same stride. */
export function askSample(
  searches: readonly { readonly model: number; readonly search: Search }[],
  stride: number,
): Question {
  const count = (piece: Piece) => Math.ceil((piece.head + piece.count) / stride);
  return {
    ask: (piece) => ({
      shader: 'sample',
      parameters: pack(
        'Sample',
        searches.map(({ model }) => ({ model, first: 0, stride, count: count(piece) })),
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
export function askSteps(
  searches: readonly { readonly model: number; readonly search: Search }[],
): Question {
  return {
    ask: (piece) => ({
      shader: 'select',
      parameters: pack(
        'Search',
        searches.map(({ model, search: { pass } }) => {
          if (pass?.kind !== 'step') throw new Error('The search asked for something else');
          return { model, low: pass.low, high: pass.high, shift: pass.shift, guess: pass.guess };
        }),
      ),
      outputBytes: slabs(piece) * searches.length * 8,
      tallyBytes: (TALLY + BINS * searches.length) * 4,
      workgroups: slabs(piece),
      layers: searches.length,
    }),
    hear(piece, { output, tally }) {
      searches.forEach(({ search }, z) => {
        const counts = new Uint32Array(output, z * slabs(piece) * 8, slabs(piece) * 2);
        const begin = TALLY + z * BINS;
        search.addStep(counts, tally.subarray(begin, begin + BINS), piece.start);
      });
    },
  };
}

/** All magnitudes of the slab at element `start`. */
export function askSlab(model: number, search: Search, start: number): Question {
  const reaches = (piece: Piece) => start < piece.start + piece.octs * 8 && start >= piece.start;
  return {
    ask(piece) {
      if (!reaches(piece)) return null;
      const fields = { model, first: start - piece.start, stride: 1, count: SLAB };
      return {
        shader: 'sample',
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

function slabs(piece: Piece): number {
  return Math.ceil((piece.octs * 8) / SLAB);
}
