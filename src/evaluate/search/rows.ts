/** What a search found, as a table that other programs read. */
import type { Tried } from './step.ts';

export type ResultRow = Readonly<Record<string, string | number>>;

/** One row a candidate, in the order it was tried; numbers that a row lacks are absent. */
export function rowsOf(steps: readonly Tried[]): readonly ResultRow[] {
  return steps.map(({ candidate: { title, values }, result: { objective, scores } }, at) => {
    return { step: at + 1, candidate: title, ...values, ...scores, objective };
  });
}

/** A line of all names, and one a row; null where a row lacks one. */
export function linesOf(
  rows: readonly ResultRow[],
): readonly (readonly (string | number | null)[])[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? null))];
}

/** Names of columns: those that come again get a number. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  return names.map((name, at) => {
    const before = names.slice(0, at).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}
