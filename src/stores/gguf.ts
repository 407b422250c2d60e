import { createStore } from 'zustand/vanilla';
import type { GgufFrom, GgufOutlook, GgufResult, GgufType } from '../engine/protocol.ts';
import type { Failure } from './models.ts';
import type { Saved } from './run.ts';

/** A model on its way into a GGUF: which, as what, and how far. */
export type GgufState = {
  readonly from: GgufFrom | null;
  /** `looking`: what it would be is not known yet. */
  readonly phase: 'looking' | 'ready' | 'writing' | 'cancelling' | 'done' | 'failed';
  readonly outlook: GgufOutlook | null;
  readonly type: GgufType;
  /** 0 to 1. */
  readonly share: number;
  readonly saved: Saved | null;
  readonly result: GgufResult | null;
  readonly failure: Failure | null;
  look(from: GgufFrom): void;
  know(outlook: GgufOutlook): void;
  choose(type: GgufType): void;
  start(saved: Saved): void;
  advance(share: number): void;
  beginCancel(): void;
  /** Back to the choice of a type: after a cancel, or for another file of the same model. */
  again(): void;
  finish(result: GgufResult): void;
  fail(failure: Failure): void;
};

const blank = { share: 0, saved: null, result: null, failure: null } as const;

export function createGgufStore() {
  return createStore<GgufState>()((set) => ({
    from: null,
    phase: 'looking',
    outlook: null,
    type: 'F16',
    ...blank,
    look: (from) => set({ ...blank, from, phase: 'looking', outlook: null }),
    know: (outlook) => set({ outlook, phase: 'ready' }),
    choose: (type) => set({ type }),
    start: (saved) => set({ ...blank, saved, phase: 'writing' }),
    advance: (share) => set({ share }),
    beginCancel: () => set(({ phase }) => (phase === 'writing' ? { phase: 'cancelling' } : {})),
    again: () => set({ ...blank, phase: 'ready' }),
    finish: (result) => set({ result, share: 1, phase: 'done' }),
    fail: (failure) => set({ failure, phase: 'failed' }),
  }));
}

export type GgufStore = ReturnType<typeof createGgufStore>;

export const isWriting = ({ phase }: Pick<GgufState, 'phase'>): boolean =>
  phase === 'writing' || phase === 'cancelling';
