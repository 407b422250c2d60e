/** Undo and redo of immutable documents, as plain data: every function returns a new history. */
export type History<T> = {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What was edited last, and when (ms): an edit of the same key soon after joins it. */
  readonly last: { readonly key: string; readonly time: number } | null;
};

/** Edits of one key within this many milliseconds are one step. */
export const COALESCE_WITHIN = 500;
export const LONGEST_PAST = 100;

export function startHistory<T>(present: T): History<T> {
  return { past: [], present, future: [], last: null };
}

/**
 * Puts `next` in the place of the present. `key` names what was edited ("weight of math"); null makes the
 * edit a step of its own. `time` in milliseconds. While a pointer is down, `heldSince` a time, edits of one key since
 * then are one step however slow they are: a drag is one edit. The same document changes nothing.
 */
export function edit<T>(
  history: History<T>,
  next: T,
  key: string | null,
  time: number,
  heldSince: number | null = null,
): History<T> {
  const { past, present, last } = history;
  if (next === present) return history;
  const isSame = key !== null && last?.key === key;
  const joins = isSame && last.time >= (heldSince ?? time - COALESCE_WITHIN + 1);
  return {
    past: joins ? past : [...past, present].slice(-LONGEST_PAST),
    present: next,
    future: [],
    last: key === null ? null : { key, time },
  };
}

export function undo<T>(history: History<T>): History<T> {
  const { past, present, future } = history;
  if (past.length === 0) return history;
  return {
    past: past.slice(0, -1),
    present: past[past.length - 1],
    future: [present, ...future],
    last: null,
  };
}

export function redo<T>(history: History<T>): History<T> {
  const { past, present, future } = history;
  if (future.length === 0) return history;
  return { past: [...past, present], present: future[0], future: future.slice(1), last: null };
}
