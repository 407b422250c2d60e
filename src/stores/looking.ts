/** A look at weights that is under way: how far it is, and how it ends. */
import type { LookListeners } from '../engine/client.ts';
import { failureOf } from './failure.ts';
import type { Failure } from './models.ts';

/** Tensors, of how many. */
export type Seen = { readonly done: number; readonly total: number };

/** Milliseconds after which a look is ended once what it looks at is another. */
export const outdatedAfter = 400;

export type Looking = {
  readonly isLooking: boolean;
  /** Tensors that it has seen so far; null before it tells. */
  readonly progress: Seen | null;
  /** Whether it was cancelled, and what is shown is of an earlier one, if it is anything. */
  readonly isStopped: boolean;
  readonly failure: Failure | null;
};

export const atRest: Looking = {
  ...{ isLooking: false, progress: null, isStopped: false, failure: null },
};

/** Why a look is aborted that a person ends. */
const cancelled = 'cancelled by hand';

/** Makes one look after another, and tells of each as it goes on. */
export function lookingWith(tell: (part: Partial<Looking>) => void) {
  let current: AbortController | null = null;
  return {
    cancel() {
      current?.abort(cancelled);
    },
    /** Never rejects: a failure is told, and nothing of what was ended because it is outdated. */
    async during(
      mine: AbortController,
      work: (listeners: Required<LookListeners>) => Promise<void>,
    ): Promise<void> {
      current = mine;
      const { signal } = mine;
      tell({ isLooking: true, progress: null, isStopped: false });
      const onMeasured = (done: number, total: number) => tell({ progress: { done, total } });
      try {
        await work({ signal, onMeasured });
      } catch (error) {
        if (!signal.aborted) tell({ failure: failureOf(error) });
        else if (signal.reason === cancelled) tell({ isStopped: true });
      }
      current = null;
      tell({ isLooking: false, progress: null });
    },
  };
}
