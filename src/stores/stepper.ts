import { createStore } from 'zustand/vanilla';

/** One row a model, one number an element. */
export type Rows = readonly (readonly number[])[];

/** Numbers that somebody set by hand, and where their scale ends, up and down. */
export type Numbers = { readonly rows: Rows; readonly reach: number };

export type StepperSettings = {
  /** In place of any method's example; null where nobody set them. */
  readonly own: Numbers | null;
};

/** What is followed step by step, and what was changed about it; kept while other tabs and methods are looked at. */
export type StepperState = StepperSettings & {
  readonly source: 'mine' | 'example';
  /** Changed elements of the models, or of a chapter: of which, and what they are now. */
  readonly edited: { readonly of: unknown; readonly numbers: Numbers } | null;
  /** Which chapter of the method's lesson is told; null while none is. */
  readonly chapter: number | null;
  choose(source: 'mine' | 'example'): void;
  setOwn(own: Numbers | null): void;
  edit(of: unknown, numbers: Numbers | null): void;
  turnTo(chapter: number | null): void;
};

/** Elements of an example, models of it. */
export const mostElements = 16;
const mostRows = 8;

export function createStepperStore(initial: Partial<StepperSettings> = {}) {
  return createStore<StepperState>()((set) => ({
    own: null,
    ...initial,
    source: 'mine',
    edited: null,
    chapter: null,
    choose: (source) => set({ source }),
    setOwn: (own) => set({ own }),
    edit: (of, numbers) => set({ edited: numbers && { of, numbers } }),
    turnTo: (chapter) => set({ chapter, edited: null }),
  }));
}

export type StepperStore = ReturnType<typeof createStepperStore>;

/** What was kept, if it still is what it should be. */
export function pickStepper(value: unknown): Partial<StepperSettings> {
  const own = (value as Partial<StepperSettings> | null)?.own;
  const rows: unknown = own?.rows;
  const isRow = (row: unknown) =>
    Array.isArray(row) &&
    row.length >= 1 &&
    row.length <= mostElements &&
    row.every((number) => Number.isFinite(number));
  if (!Array.isArray(rows) || rows.length < 1 || rows.length > mostRows) return {};
  if (!rows.every((row) => isRow(row) && row.length === rows[0].length)) return {};
  return { own: { rows, reach: reachOf(rows) } };
}

/** Where the scale of some numbers ends: 1 where that suits them, else a little above the largest, in two digits. */
export function reachOf(rows: Rows): number {
  const most = Math.max(...rows.flat().map(Math.abs));
  return most === 0 || (most > 0.2 && most <= 1) ? 1 : tightReachOf(rows);
}

/** A little above the largest. */
export function tightReachOf(rows: Rows): number {
  const most = Math.max(...rows.flat().map(Math.abs));
  return most > 0 ? Number((1.15 * most).toPrecision(2)) : 1;
}

/** Numbers of one's own as an example of some models: what is missing, or of other length, is filled up from theirs. */
export function fitted(own: Rows, example: Rows): Rows {
  const length = own[0].length;
  return example.map((row, k) => own[k] ?? Array.from({ length }, (_, i) => row[i % row.length]));
}
