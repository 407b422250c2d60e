import { unpack } from '../../methods/coefficients.ts';
import type { Keep } from '../../methods/method.ts';
import { findMethod } from '../../methods/registry.ts';
import { Workspace } from '../../methods/workspace.ts';
import { type Bracketed, collectBracketed, joinBracketed } from '../../numerics/bracket.ts';
import { countKept } from '../../numerics/random.ts';
import { roundTo } from '../../numerics/round.ts';
import {
  addToHistogram,
  COARSE_BINS,
  FINE_BINS,
  type Pass,
  tiesOf,
} from '../../numerics/select.ts';
import { absoluteSum, dot, total } from '../../numerics/sum.ts';
import type { Kernel, MeasureContext } from '../backend.ts';
import type { DecodedChunk } from './decoded-chunk.ts';
import { CHUNK, type Collected, type MeasureTask, type Wanted } from './task.ts';

/** Collects one wanted number over the chunks of a run, in ascending order. */
type Collector = {
  take(chunk: DecodedChunk, offset: number): void;
  collected(): Collected;
};

export function collectorFor(
  wanted: Wanted,
  { run: { start }, ...context }: MeasureTask,
): Collector {
  const { at } = context;
  switch (wanted.kind) {
    case 'dot':
      return sums((chunk) => {
        const values = (k: number) =>
          wanted.of === 'weights' ? chunk.plane(k) : chunk.taskVector(k);
        return dot(values(wanted.a), values(wanted.b));
      });
    case 'mass':
      return sums((chunk, offset) => massOf(chunk, wanted.model, wanted.keep, start + offset, at));
    case 'sum': {
      const derive = derivedIn(wanted, context);
      return sums((chunk, offset) => total(derive(chunk, start + offset)));
    }
    case 'select': {
      const { measure, pass } = wanted;
      const values =
        measure.kind === 'rank'
          ? derivedIn(measure, context)
          : (chunk: DecodedChunk) => chunk.taskVector(measure.model);
      return selecting(values, pass, start);
    }
    default:
      return wanted satisfies never;
  }
}

function sums(sumOf: (chunk: DecodedChunk, offset: number) => number): Collector {
  const perChunk: number[] = [];
  return {
    take: (chunk, offset) => {
      perChunk.push(sumOf(chunk, offset));
    },
    collected: () => Float64Array.from(perChunk),
  };
}

/** The values that a measure is about, of the chunk whose first element is `start`; they hold until the next. */
type Values = (chunk: DecodedChunk, start: number) => Float32Array;

function derivedIn(
  { of, model }: { readonly of: string; readonly model: number },
  { deriving, at, work }: MeasureContext,
): Values {
  const method = deriving && findMethod(deriving.methodId);
  const derive = method?.derives?.[of];
  if (!deriving || !derive) throw new Error(`${deriving?.methodId ?? 'Nobody'} derives no ${of}`);
  const c = unpack(method, deriving.coefficients);
  const space = new Workspace();
  const round = roundTo(work);
  return (chunk, start) => {
    space.clear();
    const { models, base, guides } = chunk.planes();
    const out = space.take(base.length);
    derive(model, models, base, c, { ...at, start, guides, round, space }, out);
    return out;
  };
}

function selecting(values: Values, pass: Pass, start: number): Collector {
  switch (pass.kind) {
    case 'bracket': {
      const parts: Bracketed[] = [];
      return {
        take: (chunk, offset) => {
          parts.push(collectBracketed(pass.bracket, values(chunk, start + offset)));
        },
        collected: () => joinBracketed(parts, CHUNK),
      };
    }
    case 'ties': {
      const positions: number[] = [];
      return {
        take: (chunk, offset) => {
          if (start + offset + CHUNK <= pass.from || start + offset >= pass.to) return;
          for (const position of tiesOf(values(chunk, start + offset), pass.pattern)) {
            positions.push(offset + position);
          }
        },
        collected: () => Uint32Array.from(positions),
      };
    }
    default: {
      const histogram = new Uint32Array(pass.kind === 'coarse' ? COARSE_BINS : FINE_BINS);
      return {
        take: (chunk, offset) => addToHistogram(pass, values(chunk, start + offset), histogram),
        collected: () => histogram,
      };
    }
  }
}

/** Σ |τ| over what is kept. NaN is kept by every trim, so that it shows. */
function massOf(
  chunk: DecodedChunk,
  model: number,
  keep: Keep,
  start: number,
  at: Kernel['at'],
): number {
  const tau = chunk.taskVector(model);
  if (keep.kind === 'all') return absoluteSum(tau);
  const kept = chunk.scratch();
  if (keep.kind === 'largest') {
    const { magnitude, lastIndex } = keep;
    for (let i = 0; i < tau.length; i++) {
      const size = Math.abs(tau[i]);
      const dropped = size < magnitude || (size === magnitude && start + i > lastIndex);
      kept[i] = dropped ? 0 : size;
    }
    return absoluteSum(kept);
  }
  const counts = new Uint8Array(tau.length);
  countKept({ ...keep, tensorKey: at.tensorKey, model: at.ordinals[model] }, start, counts);
  // An element that no draw keeps is gone, even a NaN.
  for (let i = 0; i < tau.length; i++) {
    const share = Math.fround(counts[i] / keep.draws);
    kept[i] = share === 0 ? 0 : Math.abs(tau[i]) * share;
  }
  return absoluteSum(kept);
}
