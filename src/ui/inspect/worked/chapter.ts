/** A page of a method's lesson, as what the figure shows. */
import { resolveArithmetic } from '../../../methods/dialect.ts';
import type { Chapter, MergeMethod } from '../../../methods/method.ts';
import { defaultsOf } from '../../../methods/params.ts';
import { stepsOf } from '../../../methods/walk.ts';
import { type Cast, nothingTried, type Tried } from './cast.ts';

/** Where the figure stands at first. */
export type Opening = {
  readonly step: number;
  readonly element: number | null;
  readonly tried: Tried;
  /** Whether invented models are shown, of which the recipe says nothing. */
  readonly isInvented: boolean;
};

/** Invented models with the chapter's parameters; null where it is told on the reader's own. */
export function castOf(method: MergeMethod, chapter: Chapter): Cast | null {
  const { changes, perModel = {}, global = {} } = chapter;
  if (!changes) return null;
  const { params, exceptions } = method;
  return {
    method,
    names: ['A', 'B', 'C', 'D'].slice(0, changes.length),
    perModel: changes.map(() => ({ ...defaultsOf(params.perModel), ...perModel })),
    global: { ...defaultsOf(params.global), ...global },
    arithmetic: resolveArithmetic('paper', exceptions, {}),
    trimScope: null,
    densities: [],
  };
}

/** All of the method, until a chapter says which step. */
export function openingOf(method: MergeMethod, chapter: Chapter | null): Opening {
  const steps = stepsOf(method);
  const step = chapter ? steps.findIndex(({ shows }) => shows === chapter.shows) : -1;
  return {
    step: step < 0 ? steps.length - 1 : step,
    element: chapter?.element ?? null,
    tried: { ...nothingTried, arithmetic: chapter?.tried ?? {} },
    isInvented: chapter?.changes !== undefined,
  };
}
