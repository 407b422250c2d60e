import type { Keep } from '../../methods/method.ts';
import { type Bracketed, collectBracketed, joinBracketed } from '../../numerics/bracket.ts';
import { countKept } from '../../numerics/random.ts';
import {
  addToHistogram,
  COARSE_BINS,
  FINE_BINS,
  type Pass,
  tiesOf,
} from '../../numerics/select.ts';
import { absoluteSum, dot } from '../../numerics/sum.ts';
import type { Kernel } from '../backend.ts';
import type { DecodedChunk } from './decoded-chunk.ts';
import { CHUNK, type Collected, type Wanted } from './task.ts';

/** Collects one wanted number over the chunks of a run, in ascending order. */
type Collector = {
  take(chunk: DecodedChunk, offset: number): void;
  collected(): Collected;
};

/** `start` is the run's first element. */
export function collectorFor(wanted: Wanted, start: number, at: Kernel['at']): Collector {
  switch (wanted.kind) {
    case 'dot':
      return sums((chunk) => {
        const values = (k: number) =>
          wanted.of === 'weights' ? chunk.plane(k) : chunk.taskVector(k);
        return dot(values(wanted.a), values(wanted.b));
      });
    case 'mass':
      return sums((chunk, offset) => massOf(chunk, wanted.model, wanted.keep, start + offset, at));
    case 'select':
      return selecting(wanted.model, wanted.pass, start);
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

function selecting(model: number, pass: Pass, start: number): Collector {
  switch (pass.kind) {
    case 'bracket': {
      const parts: Bracketed[] = [];
      return {
        take: (chunk) => {
          parts.push(collectBracketed(pass.bracket, chunk.taskVector(model)));
        },
        collected: () => joinBracketed(parts, CHUNK),
      };
    }
    case 'ties': {
      const positions: number[] = [];
      return {
        take: (chunk, offset) => {
          if (start + offset + CHUNK <= pass.from || start + offset >= pass.to) return;
          for (const position of tiesOf(chunk.taskVector(model), pass.pattern)) {
            positions.push(offset + position);
          }
        },
        collected: () => Uint32Array.from(positions),
      };
    }
    default: {
      const histogram = new Uint32Array(pass.kind === 'coarse' ? COARSE_BINS : FINE_BINS);
      return {
        take: (chunk) => addToHistogram(pass, chunk.taskVector(model), histogram),
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
